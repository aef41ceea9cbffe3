"""How one file is read: found out from its first bytes, corrected by what the person asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from crmkit.dates import DateOrder, detect_date_order, locale_order
from crmkit.errors import InvalidArgument
from crmkit.masks import CUSTOM_NAME
from services.contacts.domain.importing import headers
from services.contacts.domain.importing.dialect import Dialect, find_dialect, separator_line, split_lines
from services.contacts.domain.importing.encoding import (
    ENCODINGS,
    codec_of,
    decode_sample,
    detect_encoding,
    errors_of,
)
from services.contacts.domain.importing.headers import CUSTOM, REPEATED, ColumnMapping
from services.contacts.domain.importing.synonyms import FIELDS

# Bytes of a file's beginning from which it is understood.
SAMPLE_BYTES = 1 << 18
_SAMPLE_ROWS = 200
MAX_COLUMNS = 1_000
_ARCHIVES = {
    b"PK\x03\x04": "an Excel workbook or archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
}
_END: list[str] = []
_DATES = ("created", "birthday")


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may say about a file; everything empty is found out."""

    encoding: str = ""
    delimiter: str = ""
    mapping: tuple[ColumnMapping, ...] = ()
    region: str = ""
    locale: str = ""
    # The mark around cells, "" for none; None: found out.
    quote: str | None = None
    has_header: bool | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything needed to read a file's records as contacts."""

    encoding: str
    codec: str
    dialect: Dialect
    # Records before the first data record: a title, the header.
    skipped: int
    columns: tuple[str, ...]
    mapping: tuple[ColumnMapping, ...]
    region: str
    locale: str
    has_header: bool
    # The order of figures in the dates of each date column, by column.
    date_orders: dict[int, DateOrder] = field(default_factory=dict)

    @property
    def options(self) -> Options:
        """What to ask for to read the file in this way again."""
        return Options(
            self.encoding,
            self.dialect.delimiter,
            self.mapping,
            self.region,
            self.locale,
            self.dialect.quote,
            self.has_header,
        )


def understand(samples: Sequence[bytes], options: Options, *, whole: bool) -> tuple[Plan, list[list[str]]]:
    """The plan for a file, and the records of its first sample.

    `samples` as `detect_encoding` takes them; `whole`: the first sample is the whole file. `options.region` must be
    given. Raises InvalidArgument: FILE_EMPTY, FILE_NOT_TEXT, TOO_MANY_COLUMNS, ENCODING_INVALID, DELIMITER_INVALID,
    LOCALE_INVALID, COLUMN_UNKNOWN, FIELD_UNKNOWN, FIELD_REPEATED, MAPPING_NO_IDENTITY.
    """
    head = samples[0] if samples else b""
    _refuse_archives(head)
    encoding = _encoding(options.encoding, samples)
    text = decode_sample(head[:SAMPLE_BYTES], encoding)
    whole = whole and len(head) <= SAMPLE_BYTES
    if not text.strip():
        raise InvalidArgument("FILE_EMPTY", "The file is empty.", field="file_id")
    dialect = find_dialect(text, _delimiter(options.delimiter), options.quote, whole=whole)
    records = _sample_records(text, dialect, whole)
    title = _title_records(records)
    width = len(records[title]) if title < len(records) else 1
    if width > MAX_COLUMNS:
        raise InvalidArgument(
            "TOO_MANY_COLUMNS", f"A file has at most {MAX_COLUMNS:,} columns; got {width:,}.", field="file_id"
        )
    named = title < len(records) and (
        headers.is_header(records[title], options.region) if options.has_header is None else options.has_header
    )
    header = records[title] if named else [""] * width
    columns = headers.unique_columns(header)
    rows = records[title + named :]
    mapping = _asked(options.mapping, columns) or headers.propose_mapping(columns, rows[:_SAMPLE_ROWS], options.region)
    locale = options.locale or _locale(headers.find_language(columns, options.region), options.region)
    locale_order(locale)  # raises LOCALE_INVALID before anything is written
    plan = Plan(
        encoding=encoding,
        codec=codec_of(encoding, head),
        dialect=dialect,
        skipped=title + named,
        columns=tuple(columns),
        mapping=tuple(mapping),
        region=options.region,
        locale=locale,
        has_header=named,
    )
    return replace(plan, date_orders=_date_orders(plan, rows)), rows


def require_identity(plan: Plan) -> None:
    """Raises InvalidArgument MAPPING_NO_IDENTITY when no column feeds an address or a number."""
    if not any(mapping.field in ("email", "phone") for mapping in plan.mapping):
        raise InvalidArgument(
            "MAPPING_NO_IDENTITY",
            "No column feeds `email` or `phone`; contacts are recognised by these. Map at least one.",
            field="options.mapping",
        )


class _Pieces(io.RawIOBase):
    """The pieces of a file as a raw stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        self.taken += size
        return size


class RecordReader:
    """The data records of a file given in pieces of any size, blank lines left out.

    Memory is one piece and one record. A record with a cell above 1 MiB, which is what a quotation mark that is
    never closed looks like, comes as None.
    """

    def __init__(self, pieces: Iterable[bytes], plan: Plan) -> None:
        self._plan = plan
        self._raw = _Pieces(iter(pieces))

    @property
    def position(self) -> int:
        """Bytes of the file read so far, to within 64 KiB."""
        return self._raw.taken

    def __iter__(self) -> Iterator[list[str] | None]:
        plan = self._plan
        buffered = io.BufferedReader(self._raw, buffer_size=1 << 16)
        lines = io.TextIOWrapper(buffered, encoding=plan.codec, errors=errors_of(plan.encoding), newline="")
        first = lines.readline()
        records = plan.dialect.reader(chain([] if separator_line(first) else [first], lines))
        passed = 0
        while True:
            try:
                record = next(records, _END)
            except csv.Error:
                yield None
                continue
            if record is _END:
                return
            if any(record):
                if passed >= plan.skipped:
                    yield record
                passed += 1


def _refuse_archives(head: bytes) -> None:
    for mark, kind in _ARCHIVES.items():
        if head.startswith(mark):
            raise InvalidArgument(
                "FILE_NOT_TEXT", f"The file is {kind}, not text. Save it as CSV and try again.", field="file_id"
            )


def _encoding(asked: str, samples: Sequence[bytes]) -> str:
    if asked and asked not in ENCODINGS:
        raise InvalidArgument(
            "ENCODING_INVALID", f"encoding takes one of {', '.join(ENCODINGS)}.", field="options.encoding"
        )
    return asked or detect_encoding(samples)


def _delimiter(asked: str) -> str:
    if len(asked) > 1 or asked in ('"', "'", "\r", "\n", "\\"):
        raise InvalidArgument(
            "DELIMITER_INVALID", "delimiter takes one character, such as a comma or a tab.", field="options.delimiter"
        )
    return asked


def _sample_records(text: str, dialect: Dialect, whole: bool) -> list[list[str]]:
    lines = split_lines(text)
    if lines and separator_line(lines[0]):
        lines = lines[1:]
    records = [record for record in dialect.reader(lines) if any(record)]
    return records if whole or len(records) < 2 else records[:-1]


def _title_records(records: Sequence[Sequence[str]]) -> int:
    """How many records stand above the header: titles of one cell above a table of three columns or more."""
    widths = sorted(len(record) for record in records)
    usual = widths[len(widths) // 2] if widths else 0
    count = 0
    while usual > 2 and count < len(records) - 1 and sum(1 for cell in records[count] if cell.strip()) < 2:
        count += 1
    return count


def _asked(asked: Sequence[ColumnMapping], columns: Sequence[str]) -> list[ColumnMapping]:
    """The mapping a person gave, checked, in the order of the columns; those not named are left out."""
    if not asked:
        return []
    by_column = {mapping.column: mapping.field for mapping in asked}
    for place, mapping in enumerate(asked):
        _check_field(mapping, f"options.mapping[{place}]", columns)
    fields = [field for field in by_column.values() if field and field not in REPEATED]
    for name in fields:
        if fields.count(name) > 1:
            raise InvalidArgument("FIELD_REPEATED", f"Two columns feed `{name}`.", field="options.mapping")
    return [
        ColumnMapping(column, by_column.get(column, ""), 1.0 if by_column.get(column) else 0.0) for column in columns
    ]


def _check_field(mapping: ColumnMapping, path: str, columns: Sequence[str]) -> None:
    if mapping.column not in columns:
        raise InvalidArgument(
            "COLUMN_UNKNOWN", f"The file has no column `{mapping.column[:100]}`.", field=f"{path}.column"
        )
    custom = mapping.field.startswith(CUSTOM) and CUSTOM_NAME.fullmatch(mapping.field.removeprefix(CUSTOM))
    if mapping.field and mapping.field not in FIELDS and not custom:
        raise InvalidArgument(
            "FIELD_UNKNOWN",
            f"There is no field `{mapping.field[:100]}`; one of {', '.join(FIELDS)} or `custom.<name>`.",
            field=f"{path}.field",
        )


def _locale(language: str, region: str) -> str:
    """The tag dates are read by: the language as it is written in the region, where that is known."""
    tag = f"{language}-{region}"
    try:
        locale_order(tag)
    except InvalidArgument:
        return language
    return tag


def _date_orders(plan: Plan, rows: Sequence[Sequence[str]]) -> dict[int, DateOrder]:
    return {
        place: detect_date_order((row[place] for row in rows if place < len(row)), plan.locale)
        for place, mapping in enumerate(plan.mapping)
        if mapping.field in _DATES
    }
