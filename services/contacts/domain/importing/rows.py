"""From a record's cells to what it says about one contact, or to why it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from crmkit import checks
from crmkit.dates import parse_date
from crmkit.errors import InvalidArgument
from services.contacts.domain import addresses
from services.contacts.domain.emails import clean_email, normalize_email
from services.contacts.domain.importing.encoding import is_broken
from services.contacts.domain.importing.headers import CUSTOM, label_of
from services.contacts.domain.importing.plan import Plan
from services.contacts.domain.importing.values import (
    country_code,
    language_tag,
    lifecycle_stage,
    split_list,
    split_name,
    split_phones,
    time_zones,
    unguarded,
)
from services.contacts.domain.phones import clean_phone, normalize_phone

# Limits in characters of what is taken as it stands; see the contract.
_LIMITS = {
    "given_name": 200,
    "family_name": 200,
    "middle_name": 200,
    "full_name": 400,
    "honorific": 50,
    "job_title": 200,
    "source": 100,
    "company": 300,
    "street": 1000,
    "city": 200,
    "state": 200,
    "postal_code": 200,
    "country": 200,
    "email": 254,
    "phone": 200,
}
_PLAIN = frozenset({"given_name", "family_name", "honorific", "job_title", "source"})
_ADDRESS = frozenset({"street", "city", "state", "postal_code", "country"})
# A time of day behind a date.
_TIME = re.compile(r"[T ,،]+\d{1,2}:\d{2}.*\Z")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROUNDING = " \t\r\n\v\f\u00a0\u200b\u200e\u200f\ufeff\u202a\u202b\u202c"


@dataclass(slots=True)
class Rejection:
    """Why a record is not imported. `column`: the field at fault, empty when it is the record as a whole."""

    record: int
    column: str
    reason: str
    message: str
    cells: list[str]


@dataclass(slots=True)
class Row:
    """What one record says. Empty parts say nothing: an empty cell never erases."""

    record: int
    cells: list[str]
    # given_name, family_name, honorific, job_title, source, language, time_zone; only those that are not empty.
    texts: dict[str, str] = field(default_factory=dict)
    # (as typed, normalised, label)
    emails: list[tuple[str, str, str]] = field(default_factory=list)
    phones: list[tuple[str, str, str]] = field(default_factory=list)
    company: str = ""
    # Parts of one PostalAddress.
    address: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    birthday: tuple[int, int, int] | None = None
    lifecycle_stage: int | None = None
    # (network, handle)
    social: list[tuple[str, str]] = field(default_factory=list)
    custom: dict[str, str] = field(default_factory=dict)


class _Refused(Exception):
    def __init__(self, column: str, reason: str, message: str) -> None:
        super().__init__(message)
        self.column, self.reason, self.message = column, reason, message


class RowParser:
    """Reads the records of one file."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._width = len(plan.columns)
        self._language = plan.locale.partition("-")[0]
        self._takers = [
            (place, mapping.field, self._taker(place, mapping.field, mapping.column))
            for place, mapping in enumerate(plan.mapping)
            if mapping.field
        ]
        self._takers.sort(key=lambda taker: taker[1] == "middle_name")  # it goes behind the given name

    def parse(self, record: int, cells: list[str] | None) -> Row | Rejection:
        """What record number `record` says; the first of its faults when it has any.

        A record that is too short lacks its last cells (programs leave empty ones out). One that is too long is
        refused (COLUMN_COUNT) unless the surplus is empty: a delimiter inside a cell was not quoted, and
        everything behind it would land in the wrong field.
        """
        if cells is None:
            message = "The record has a cell above 1 MiB: a quotation mark is not closed."
            return Rejection(record, "", "RECORD_MALFORMED", message, [])
        row = Row(record, cells)
        try:
            self._check_cells(cells)
            count = len(cells)
            for place, name, take in self._takers:
                if place < count and (cell := cells[place].strip(_SURROUNDING)):
                    if len(cell) > _LIMITS.get(name, checks.MAX_CUSTOM_TEXT):
                        _refuse_long(name)
                    take(row, unguarded(cell) if cell[0] in "='" else cell)
        except _Refused as fault:
            return Rejection(record, fault.column, fault.reason, fault.message, cells)
        if not row.emails and not row.phones:
            message = "The record has neither an e-mail address nor a telephone number."
            return Rejection(record, "", "NO_IDENTITY", message, cells)
        return row

    def _check_cells(self, cells: list[str]) -> None:
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            raise _Refused("", "COLUMN_COUNT", f"The record has {len(cells)} cells, the header {self._width}.")
        together = "".join(cells)
        if "\x00" in together:
            cells[:] = [cell.replace("\x00", "") for cell in cells]
        if is_broken(together, self._plan.encoding):
            place = next(place for place, cell in enumerate(cells) if is_broken(cell, self._plan.encoding))
            name = self._plan.mapping[place].field if place < self._width else ""
            raise _Refused(name, "ENCODING_INVALID", f"A cell holds bytes that are not {self._plan.encoding}.")

    def _taker(self, place: int, name: str, column: str) -> Callable[[Row, str], None]:
        """What to do with a cell of a column."""
        label = label_of(column)
        if name == "email":
            return lambda row, cell: _take_emails(row, cell, label)
        if name == "phone":
            return lambda row, cell: _take_phones(row, cell, label, self._plan.region)
        if name in _PLAIN:
            return lambda row, cell: _take_text(row, cell, name)
        if name in _ADDRESS:
            return lambda row, cell: _take_address(row, cell, name)
        if name in ("birthday", "created"):
            return lambda row, cell: self._take_date(row, cell, place, name)
        if name.startswith(CUSTOM):
            key = name.removeprefix(CUSTOM)
            return lambda row, cell: row.custom.__setitem__(key, cell)
        if name.startswith("social."):
            network = name.removeprefix("social.")
            return lambda row, cell: row.social.append((network, cell[:300]))
        if name == "full_name":
            return lambda row, cell: _take_full_name(row, cell, self._language)
        return _OTHER[name]

    def _take_date(self, row: Row, cell: str, place: int, name: str) -> None:
        try:
            day = parse_date(_TIME.sub("", cell), self._plan.locale, self._plan.date_orders.get(place))
        except InvalidArgument as error:
            if name == "birthday":
                raise _Refused("birthday", "DATE_INVALID", error.message) from error
            row.custom["source_created"] = cell  # a remark of the other system's, not worth losing a contact for
            return
        if name == "birthday":
            row.birthday = (day.year, day.month, day.day)
        else:
            row.custom["source_created"] = day.isoformat()


def _refuse_long(name: str) -> NoReturn:
    limit = _LIMITS.get(name, checks.MAX_CUSTOM_TEXT)
    raise _Refused(name, "VALUE_TOO_LONG", f"`{name}` takes at most {limit:,} characters.")


def _take_emails(row: Row, cell: str, label: str) -> None:
    normalized = normalize_email(cell)
    if normalized is not None:
        found = [(clean_email(cell), normalized)]
    else:
        found = []
        for item in split_list(cell):
            normalized = normalize_email(item)
            if normalized is None:
                raise _Refused("email", "EMAIL_INVALID", f"`{item[:100]}` is not an e-mail address.")
            found.append((clean_email(item), normalized))
    for typed, normalized in found:
        if all(normalized != other for _, other, _ in row.emails):
            row.emails.append((typed, normalized, label))


def _take_phones(row: Row, cell: str, label: str, region: str) -> None:
    e164 = normalize_phone(cell, region)
    if e164 is not None:
        found = [(clean_phone(cell), e164)]
    else:
        found = []
        for item in split_phones(cell):
            e164 = normalize_phone(item, region)
            if e164 is None:
                raise _Refused("phone", "PHONE_INVALID", f"`{item[:60]}` is not a telephone number of {region}.")
            found.append((clean_phone(item), e164))
    for typed, e164 in found:
        if all(e164 != other for _, other, _ in row.phones):
            row.phones.append((typed[:50], e164, label))


def _line(text: str) -> str:
    """Text on one line: control characters and line breaks become spaces."""
    return text if text.isprintable() else _CONTROLS.sub(" ", text).strip()


def _take_text(row: Row, cell: str, name: str) -> None:
    row.texts[name] = _line(cell)


def _take_full_name(row: Row, cell: str, language: str) -> None:
    parts = zip(("honorific", "given_name", "family_name"), split_name(cell, language), strict=True)
    for name, part in parts:
        if part:
            row.texts.setdefault(name, part)


def _take_middle_name(row: Row, cell: str) -> None:
    row.texts["given_name"] = f"{row.texts.get('given_name', '')} {cell}".strip()


def _take_company(row: Row, cell: str) -> None:
    row.company = _line(cell)


def _take_address(row: Row, cell: str, name: str) -> None:
    if name == "street":
        lines = [line for line in map(str.strip, re.split(r"[\r\n]+|; ", cell)) if line]
        row.address["lines"] = (row.address.get("lines", []) + lines)[: addresses.MAX_LINES]
    elif name == "country":
        code = country_code(cell)
        if code:
            row.address["region"] = code
        else:
            row.custom["country"] = cell
    else:
        row.address[name] = _line(cell)


def _take_tags(row: Row, cell: str) -> None:
    for tag in split_list(cell):
        if len(tag) > 100:
            raise _Refused("tags", "VALUE_TOO_LONG", "A tag is longer than 100 characters.")
        row.tags.append(_line(tag))


def _take_language(row: Row, cell: str) -> None:
    tag = language_tag(cell)
    if tag:
        row.texts["language"] = tag
    else:
        row.custom["language"] = cell


def _take_time_zone(row: Row, cell: str) -> None:
    if cell in time_zones():
        row.texts["time_zone"] = cell
    else:
        row.custom["time_zone"] = cell


def _take_lifecycle_stage(row: Row, cell: str) -> None:
    stage = lifecycle_stage(cell)
    if stage:
        row.lifecycle_stage = stage
    else:
        row.custom["lifecycle_stage"] = cell


_OTHER: dict[str, Callable[[Row, str], None]] = {
    "company": _take_company,
    "middle_name": _take_middle_name,
    "tags": _take_tags,
    "language": _take_language,
    "time_zone": _take_time_zone,
    "lifecycle_stage": _take_lifecycle_stage,
}
