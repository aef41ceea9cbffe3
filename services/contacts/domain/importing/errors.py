"""What imports refuse, one reason each; what is wrong with a file's options is told by `plan`."""

from __future__ import annotations

from crmkit.errors import InvalidArgument, NotFound, ResourceExhausted


class FileNotFound(NotFound):
    """There is no such file, or none the caller may see, or it has expired."""

    def __init__(self) -> None:
        super().__init__("FILE_NOT_FOUND", "There is no such file. Files are kept 30 days.")


class ImportNotFound(NotFound):
    """There is no such import, or none the caller may see."""

    def __init__(self) -> None:
        super().__init__("IMPORT_NOT_FOUND", "There is no such import.")


class FileTooLarge(InvalidArgument):
    """A file has at most 1 GiB."""

    def __init__(self) -> None:
        super().__init__("FILE_TOO_LARGE", "A file has at most 1 GiB. Split it.", field="content")


class PieceTooLarge(InvalidArgument):
    """A message carries at most 1 MiB."""

    def __init__(self) -> None:
        super().__init__("PIECE_TOO_LARGE", "A piece has at most 1 MiB.", field="content")


class TooManyPieces(InvalidArgument):
    """Every piece costs a transaction, however small it is."""

    def __init__(self, most: int) -> None:
        super().__init__(
            "PIECES_TOO_MANY", f"A file comes in at most {most:,} pieces. Send larger ones.", field="content"
        )


class QuotaExceeded(ResourceExhausted):
    """What a user has uploaded has a limit; metadata `quota_bytes` and `used_bytes`."""

    def __init__(self, quota: int, used: int) -> None:
        super().__init__(
            "UPLOAD_QUOTA_EXCEEDED",
            f"Your uploaded files take up {used:,} of {quota:,} bytes, and this one does not fit. Files go 30 days "
            "after their upload: wait for that, send a smaller file, or have CRM_UPLOAD_QUOTA_BYTES raised.",
            quota_bytes=str(quota),
            used_bytes=str(used),
        )


class FilenameInvalid(InvalidArgument):
    """The first message carries a name of 1 to 255 characters."""

    def __init__(self) -> None:
        super().__init__("FILENAME_INVALID", "filename takes 1 to 255 characters.", field="filename")


class RegionInvalid(InvalidArgument):
    """A region is a country telephone numbers belong to."""

    def __init__(self, region: str) -> None:
        super().__init__(
            "REGION_INVALID",
            f"region takes an ISO 3166-1 alpha-2 country code such as IR; got `{region[:20]}`.",
            field="options.region",
        )


class RowCountInvalid(InvalidArgument):
    """A preview shows 1 to 100 rows."""

    def __init__(self, count: int) -> None:
        super().__init__("ROW_COUNT_INVALID", f"row_count takes 1 to 100; got {count}.", field="row_count")
