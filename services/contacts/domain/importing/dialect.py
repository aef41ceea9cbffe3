"""How a file of records separates and quotes its cells."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t", "|")

# Excel's own first line that names the delimiter.
_SEPARATOR_LINE = re.compile(r"\s*sep=(.)\s*\Z", re.IGNORECASE)
_MOST_RECORDS = 300
_LONGEST_CELL = 1 << 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to take records apart. `quote` is empty where quotation marks are ordinary letters."""

    delimiter: str
    quote: str = '"'
    # A mark inside a quoted cell is doubled (""), else it has a backslash before it.
    doubled: bool = True
    # Spaces after a delimiter do not belong to the cell.
    skip_spaces: bool = False

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The records of a text given by its lines, line ends included. Raises csv.Error for a cell above 1 MiB."""
        csv.field_size_limit(_LONGEST_CELL)
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            doublequote=self.doubled,
            escapechar=None if self.doubled else "\\",
            skipinitialspace=self.skip_spaces,
        )


def separator_line(line: str) -> str | None:
    """The delimiter that a first line such as "sep=;" names; None for an ordinary line."""
    match = _SEPARATOR_LINE.match(line.rstrip("\r\n"))
    return match[1] if match else None


def find_dialect(sample: str, delimiter: str = "", quote: str | None = None, *, whole: bool = False) -> Dialect:
    """The dialect of a file that begins with `sample`: the one under which most lines form records of one
    width. `delimiter` and `quote`, when given, are kept to; an empty `quote` means that quotation marks are letters.
    `whole`: the sample is the file, its last record complete.
    """
    lines = split_lines(sample)
    if lines and (named := separator_line(lines[0])):
        lines = lines[1:]
        delimiter = delimiter or named
    best, best_score = Dialect(delimiter or ",", '"' if quote is None else quote), 0.0
    for candidate in _candidates(sample, delimiter, quote):
        score = _score(candidate, lines, whole)
        if score > best_score * 1.001:
            best, best_score = candidate, score
    return best


def split_lines(text: str) -> list[str]:
    """Lines with their ends: CR LF, LF or CR, and no other sign (str.splitlines takes nine more)."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text)


def _candidates(sample: str, delimiter: str, quote: str | None) -> Iterator[Dialect]:
    """Possible dialects, the more usual ones first: a later one must be better, not as good."""
    for sign in (delimiter,) if delimiter else DELIMITERS:
        if quote is not None:
            yield _dialect(sample, sign, quote)
            continue
        around = re.escape(sign)
        apostrophes = len(re.findall(rf"(?:^|{around})'[^'\r\n]*'(?={around}|\r?$)", sample, re.MULTILINE))
        if apostrophes > sample.count('"') and apostrophes * 5 > sample.count("\n"):
            yield _dialect(sample, sign, "'")
        yield _dialect(sample, sign, '"')
        if '"' in sample:
            yield _dialect(sample, sign, "")


def _dialect(sample: str, delimiter: str, quote: str) -> Dialect:
    """The dialect of a delimiter and a mark; the sample tells how a mark is written inside of a cell."""
    if not quote:
        return Dialect(delimiter, quote="")
    skip = re.search(rf"{re.escape(delimiter)} +{quote}", sample) is not None
    inside = rf"[^,;\t|\r\n]{quote}{quote}|{quote}{quote}[^,;\t|\r\n]"
    backslashed = "\\" + quote in sample and not re.search(inside, sample)
    return Dialect(delimiter, quote, doubled=not backslashed, skip_spaces=skip)


def _score(dialect: Dialect, lines: list[str], whole: bool) -> float:
    """Share of the lines that lie in records as wide as the header, weighed by that width; 0 for one column.

    Where records agree on another width than the header's, that counts half: a delimiter inside quoted cells gives
    such records when quotation marks are taken for letters.
    """
    taken = before = 0

    def counted() -> Iterator[str]:
        nonlocal taken
        for line in lines:
            taken += 1
            yield line

    header = 0
    widths: list[tuple[int, int]] = []
    try:
        for record in dialect.reader(counted()):
            if any(record):
                header = header or (len(record) if sum(map(bool, record)) > 1 else 0)
                widths.append((len(record), taken - before))
            before = taken
            if len(widths) > _MOST_RECORDS:
                break
    except csv.Error:
        return 0.0
    if len(widths) > 1 and not whole and taken == len(lines):
        widths.pop()  # cut by the end of the sample
    spans: Counter[int] = Counter()
    for width, spanned in widths:
        spans[width] += spanned
    return max(
        (
            spanned / spans.total() * (1 + (width - 1) / (width + 3)) * (1.0 if width == header else 0.5)
            for width, spanned in spans.items()
            if width > 1
        ),
        default=0.0,
    )
