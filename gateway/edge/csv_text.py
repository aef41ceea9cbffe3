"""CSV for people who open it in a spreadsheet: RFC 4180 with formulas made harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

UTF8_BOM = "\ufeff"
# A spreadsheet evaluates a cell that begins like this, some also the wide forms.
_FORMULA_STARTS = ("=", "@", "\t", "\r", "\n", "＝", "＠")
_SIGNS = ("+", "-", "＋", "－")
_NUMBER = frozenset("0123456789 ()./-+,")


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before it when a spreadsheet would take it for a formula (CWE-1236).

    Telephone numbers and negative amounts ("+98 912 100 0316", "-5.20") begin with a sign and are left alone:
    digits and punctuation cannot call anything.
    """
    if cell.startswith(_FORMULA_STARTS) or (cell.startswith(_SIGNS) and not _NUMBER.issuperset(cell)):
        return f"'{cell}"
    return cell


def csv_lines(rows: Iterable[Iterable[str]]) -> str:
    """Rows as CSV text: comma, quotes where needed, CR LF after each row."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()
