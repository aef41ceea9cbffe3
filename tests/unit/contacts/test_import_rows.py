"""What a record says, and what it makes of the contacts it meets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit.versions import created
from services.contacts.domain.company import Company, CompanyFields
from services.contacts.domain.contact import Contact
from services.contacts.domain.importing.fold import Chunk, Companies, Folded, Importer, Mode
from services.contacts.domain.importing.plan import Options, RecordReader, understand
from services.contacts.domain.importing.rows import Rejection, Row, RowParser
from services.contacts.domain.importing.values import country_code, language_tag, split_name, unguarded

NOW = datetime(2026, 1, 2, tzinfo=UTC)
USER = UUID(int=1)


def parsed(text: str, region: str = "IR", encoding: str = "utf-8", **options: str) -> list[Row | Rejection]:
    content = text.encode(encoding, "surrogateescape")
    plan, _ = understand([content], Options(region=region, **options), whole=True)  # type: ignore[arg-type]
    parser = RowParser(plan)
    return [parser.parse(number, cells) for number, cells in enumerate(RecordReader([content], plan), 1)]


def row(header: str, cells: str, region: str = "IR", **options: str) -> Row:
    found = parsed(f"{header}\n{cells}\n", region, **options)[0]
    assert isinstance(found, Row), found
    return found


def rejection(header: str, cells: str, region: str = "IR") -> tuple[str, str]:
    found = parsed(f"{header}\n{cells}\n", region)[0]
    assert isinstance(found, Rejection), found
    return found.column, found.reason


def test_cells_are_read_as_people_write_them() -> None:
    found = row(
        "نام,نام خانوادگی,ایمیل,موبایل,شرکت,برچسب‌ها,تاریخ تولد,کشور,تاریخ ایجاد,زبان,وضعیت,یادداشت",
        " علی ,رضایی, ALI@Example.COM ,۰۹۱۲ ۱۰۰ ۰۳۱۶,سرمایه‌گذاری غدیر,vip؛ همکار,"
        "۱۳۶۰/۰۴/۲۴,ایران,1404/04/24,فارسی,مشتری,مهم",
    )
    assert found.texts == {"given_name": "علی", "family_name": "رضایی", "language": "fa"}
    assert found.emails == [("ALI@Example.COM", "ali@example.com", "")]
    assert found.phones == [("۰۹۱۲ ۱۰۰ ۰۳۱۶", "+989121000316", "mobile")]
    assert found.company == "سرمایه‌گذاری غدیر"
    assert found.tags == ["vip", "همکار"]
    assert found.birthday == (1981, 7, 15)
    assert found.address == {"region": "IR"}
    assert found.lifecycle_stage == 4
    assert found.custom == {"source_created": "2025-07-15", "yaddasht": "مهم"}


def test_several_addresses_and_numbers_in_one_cell_and_in_several_columns() -> None:
    found = row(
        "Name,Email,E-mail 2,Phone,Work phone",
        '"Rezaei, Ali","a@example.com; b@example.com",A@example.com,"0912 100 0316, +98 21 88776655",02188776655',
    )
    assert [normalized for _, normalized, _ in found.emails] == ["a@example.com", "b@example.com"]
    assert [(e164, label) for _, e164, label in found.phones] == [("+989121000316", ""), ("+982188776655", "")]
    assert found.texts == {"given_name": "Ali", "family_name": "Rezaei"}


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ("Ali,no-at-sign.example.com,09121000316,", "email", "EMAIL_INVALID"),
        ("Ali,a b@example.com,,", "email", "EMAIL_INVALID"),
        ("Ali,a@example.com;x@,,", "email", "EMAIL_INVALID"),
        ("Ali,a@example.com,123,", "phone", "PHONE_INVALID"),
        ("Ali,x@,123,", "email", "EMAIL_INVALID"),
        ("Ali,,,", "", "NO_IDENTITY"),
        ('Ali," ",\u200f,', "", "NO_IDENTITY"),
        ("Ali,a@example.com,,31/02/1990", "birthday", "DATE_INVALID"),
        ("Ali,a@example.com,,,shifted", "", "COLUMN_COUNT"),
        (f"{'a' * 401},a@example.com,,", "full_name", "VALUE_TOO_LONG"),
    ],
)
def test_a_record_at_fault_is_refused_with_field_and_reason(cells: str, column: str, reason: str) -> None:
    assert rejection("Name,Email,Phone,Birthday", cells) == (column, reason)


def test_short_records_lack_their_last_cells_and_empty_surplus_is_nothing() -> None:
    assert row("Name,Email,Phone,City", "Ali,a@example.com").texts == {"given_name": "Ali"}
    assert row("Name,Email,Phone,City", "Ali,a@example.com,,,,").emails
    assert rejection("Name,Email,Phone,City", "Ali") == ("", "NO_IDENTITY")


def test_bytes_that_are_no_characters_refuse_the_record_and_not_the_file() -> None:
    text = "Name,Email\n" + "علی,a@example.com\n" * 30 + "\udcff,b@example.com\n" + "علی,c@example.com\n"
    found = parsed(text)
    assert isinstance(found[30], Rejection)
    assert found[30].reason == "ENCODING_INVALID"
    assert isinstance(found[31], Row)


def test_formulas_are_text_and_what_spreadsheets_wrap_around_text_goes() -> None:
    assert unguarded('="09121000316"') == "09121000316"
    assert unguarded("'=1+1") == "=1+1"
    assert unguarded("'t Hooft") == "'t Hooft"
    assert row("Name,Email,Company", "Ali,a@example.com,=1+1").company == "=1+1"
    assert row("Name,Email,Company", 'Ali,a@example.com,"two\nlines"').company == "two lines"
    assert row("Name,Phone", 'Ali,"=""09121000316"""').phones[0][1] == "+989121000316"


def test_a_created_date_that_is_none_is_kept_as_it_stands() -> None:
    header = "Name,Email,Created"
    assert row(header, "Ali,a@example.com,2023-12-14T10:00:00Z", "US").custom == {"source_created": "2023-12-14"}
    assert row(header, "Ali,a@example.com,12/14/2023 10:00 PM", "US").custom == {"source_created": "2023-12-14"}
    assert row(header, "Ali,a@example.com,last spring", "US").custom == {"source_created": "last spring"}


@pytest.mark.parametrize(
    ("name", "language", "parts"),
    [
        ("Brittany Clark", "en", ("", "Brittany", "Clark")),
        ("Dr. Ludwig van Beethoven", "de", ("Dr.", "Ludwig", "van Beethoven")),
        ("John Smith Jr.", "en", ("", "John", "Smith Jr.")),
        ("محمد مهدی مجتهدی", "fa", ("", "محمد مهدی", "مجتهدی")),
        ("دکتر علی رضایی", "fa", ("دکتر", "علی", "رضایی")),
        ("Ahmad bin Abdullah", "ms", ("", "Ahmad", "bin Abdullah")),
        ("Əliyev Vəli Həsən oğlu", "az", ("", "Vəli Həsən oğlu", "Əliyev")),
        ("Vüsal Məhərrəmoğlu", "az", ("", "Vüsal", "Məhərrəmoğlu")),
        ("Plato", "en", ("", "Plato", "")),
    ],
)
def test_whole_names_are_split_by_the_customs_of_their_language(
    name: str, language: str, parts: tuple[str, str, str]
) -> None:
    assert split_name(name, language) == parts


def test_countries_and_languages_are_known_by_name_and_code() -> None:
    assert [country_code(name) for name in ("ایران", "Azərbaycan", "us", "UK", "Deutschland")] == [
        *("IR", "AZ", "US", "GB", "DE"),
    ]
    assert country_code("Atlantis") is None
    assert [language_tag(name) for name in ("فارسی", "en_US", "Persian")] == ["fa", "en-US", "fa"]


def companies() -> Companies:
    def make(name: str) -> Company:
        return created(Company, CompanyFields(name=name), id=uuid4(), by=USER, now=NOW, owner_id=USER, team_id=None)

    return Companies({}, make)


def folded(
    rows: list[Row | Rejection],
    *known: Contact,
    mode: Mode = Mode.BOTH,
    permitted: bool = True,
    book: Companies | None = None,
) -> Folded:
    chunk = Chunk(Importer(USER, None, mode, NOW), uuid4, book or companies())
    for contact in known:
        chunk.know(contact, permitted)
    for one in rows:
        assert isinstance(one, Row)
        chunk.take(one)
    return chunk.folded


HEADER = "First name,Last name,Email,Phone,Company,Job title,Tags\n"


def made(cells: str) -> Contact:
    return folded(parsed(HEADER + cells)).entries[0].contact


def test_a_row_updates_the_contact_of_its_address_else_of_its_number() -> None:
    found = folded(
        parsed(
            HEADER
            + "Ali,Rezaei,a@example.com,09121000316,Sun,VP,vip\n"
            + ",,A@EXAMPLE.COM,,,Director,VIP;new\n"
            + "Ali,,b@example.com,+98 912 100 0316,,,\n"
            + "Ali,,b@example.com,,,Director,\n"
        )
    )
    assert (found.created, found.updated, found.unchanged) == (1, 2, 1)
    contact = found.entries[0].contact
    assert [email["normalized"] for email in contact.emails] == ["a@example.com", "b@example.com"]
    assert [email["primary"] for email in contact.emails] == [True, False]
    assert contact.emails[0]["address"] == "a@example.com"
    assert (contact.job_title, contact.family_name, contact.tags) == ("Director", "Rezaei", ["vip", "new"])


def test_an_address_counts_more_than_a_number_of_somebody_else() -> None:
    first, second = made("A,,a@example.com,,,,"), made("B,,,09121000316,,,")
    found = folded(parsed(HEADER + ",,a@example.com,09121000316,,Boss,\n"), first, second)
    assert [entry.contact.job_title for entry in found.entries] == ["Boss", ""]


def test_another_company_becomes_the_primary_one_and_the_first_stays() -> None:
    found = folded(
        parsed(HEADER + "A,,a@example.com,,Sun,,\nA,,a@example.com,,Moon Ltd,,\nA,,a@example.com,, SUN ,,\n")
    )
    roles = found.entries[0].contact.companies
    assert [(role["company_name"], role["primary"]) for role in roles] == [("Sun", True), ("Moon Ltd", False)]
    assert (found.created, found.updated) == (1, 2)


def test_empty_cells_never_erase() -> None:
    known = made("Ali,Rezaei,a@example.com,09121000316,Sun,VP,vip")
    found = folded(parsed(HEADER + ",,a@example.com,,,,\n"), known)
    assert (found.unchanged, found.entries[0].changed) == (1, False)


def test_modes_and_rights_decide_what_happens_to_a_match() -> None:
    known = made("Ali,,a@example.com,,,,")
    rows = parsed(HEADER + ",,a@example.com,,,Boss,\nSara,,s@example.com,,,,\n")
    create = folded(rows, known, mode=Mode.CREATE)
    assert (create.created, create.updated, create.unchanged) == (1, 0, 1)
    update = folded(rows, known, mode=Mode.UPDATE)
    assert (update.created, update.updated) == (0, 1)
    assert [(one.record, one.reason) for one in update.rejections] == [(2, "NOT_FOUND")]
    foreign = folded(rows, known, permitted=False)
    assert [(one.record, one.reason) for one in foreign.rejections] == [(1, "NOT_PERMITTED")]


def test_the_twenty_first_address_of_a_contact_is_refused() -> None:
    lines = "".join(f"A,,a{place}@example.com,09121000316,,,\n" for place in range(21))
    found = folded(parsed(HEADER + lines))
    assert (found.created, found.updated) == (1, 19)
    assert [(one.record, one.column, one.reason) for one in found.rejections] == [(21, "email", "TOO_MANY")]


def test_what_an_event_tells_as_before_is_not_touched() -> None:
    known = made("Ali,,a@example.com,,Sun,,vip")
    kept = repr(known)
    found = folded(parsed(HEADER + "B,,a@example.com,09121000316,Moon,VP,new\n"), known)
    assert found.entries[0].changed
    assert repr(known) == kept


cells = st.lists(
    st.tuples(
        st.sampled_from(["", "a@example.com", "b@example.com", "A@EXAMPLE.com"]),
        st.sampled_from(["", "09121000316", "+98 912 100 0317"]),
        st.sampled_from(["", "VP", "Boss"]),
        st.sampled_from(["", "Sun", "Moon"]),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(cells, st.integers(0, 12))
def test_where_chunks_are_cut_makes_no_difference(lines: list[tuple[str, str, str, str]], cut: int) -> None:
    text = "Email,Phone,Job title,Company\n" + "".join(",".join(line) + "\n" for line in lines)
    rows: list[Row | Rejection] = [one for one in parsed(text) if isinstance(one, Row)]
    whole = folded(rows)
    book = companies()
    first = folded(rows[:cut], book=book)
    second = folded(rows[cut:], *(entry.contact for entry in first.entries), book=book)
    totals = [getattr(first, name) + getattr(second, name) for name in ("created", "updated", "unchanged")]
    assert totals == [whole.created, whole.updated, whole.unchanged]

    merged = {entry.contact.id: entry.contact for entry in (*first.entries, *second.entries)}
    assert told(merged.values()) == told(entry.contact for entry in whole.entries)


def told(contacts: Iterable[Contact]) -> list[object]:
    """Contacts without the ids that differ from run to run."""
    return [
        (
            replace(contact, id=UUID(int=0), companies=[]),
            [(role["company_name"], role["primary"]) for role in contact.companies],
        )
        for contact in contacts
    ]
