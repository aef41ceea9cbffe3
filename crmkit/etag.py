"""Entity tags: the version of a row, opaque to clients."""

from crmkit.errors import Aborted


def etag(version: int) -> str:
    """The tag of a row at `version` (1 or more); another version has another tag."""
    return f"v{version:x}"


def check(given: str, version: int) -> None:
    """Passes when `given` is empty (the caller does not ask for the check) or the tag of `version`.

    Anything else, a malformed tag included, raises Aborted ETAG_MISMATCH with the present tag as metadata `etag`:
    read again, then repeat the change.
    """
    if given and given != etag(version):
        raise Aborted(
            "ETAG_MISMATCH",
            "Somebody else saved first; read the record again and repeat the change.",
            etag=etag(version),
        )
