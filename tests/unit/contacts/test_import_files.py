"""Files of other systems: encodings, delimiters, quoting, headers, and records however they are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit.errors import InvalidArgument
from services.contacts.domain.importing.dialect import find_dialect
from services.contacts.domain.importing.encoding import detect_encoding
from services.contacts.domain.importing.headers import (
    by_header,
    custom_field,
    label_of,
    propose_mapping,
    unique_columns,
)
from services.contacts.domain.importing.plan import Options, RecordReader, require_identity, understand

SAMPLES = Path(__file__).parents[2] / "data" / "contacts"
PERSIAN = "نام,ایمیل\nعلي رضايي,ali@example.com\nمحمد كاظمي,m@example.com\n"


def records(content: bytes, piece: int = 1 << 20, **options: Any) -> list[list[str] | None]:
    plan, _ = understand([content], Options(region="US", **options), whole=True)
    return list(RecordReader([content[at : at + piece] for at in range(0, len(content), piece)], plan))


def stripped(rows: Iterable[list[str] | None]) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in rows if row is not None]


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        ("Name,Email\nJosé,j@example.com\n", "utf-8", "utf-8"),
        ("Name,Email\nJosé,j@example.com\n", "utf-8-sig", "utf-8"),
        ("Name,Email\nJosé,j@example.com\n", "utf-16", "utf-16"),
        ("Name,Email\nJosé,j@example.com\n", "utf-16-le", "utf-16"),
        ("Name,Email\nJosé,j@example.com\n", "utf-16-be", "utf-16"),
        (PERSIAN, "utf-16-le", "utf-16"),
        (PERSIAN, "utf-16-be", "utf-16"),
        ("Name;Ort\nJürgen Groß;Köln\n", "cp1252", "windows-1252"),
        ("Nom;Prénom\nLefèvre;Élodie\n", "cp1252", "windows-1252"),
        ("Name\nBjörk Guðmundsdóttir\nÞóra Ýr Davíðsdóttir\n", "cp1252", "windows-1252"),
        ("Name\nO\u2019Brien \u2013 \u201cx\u201d\n", "cp1252", "windows-1252"),
        ("Ad;Soyad\nAyşe;Yılmaz\n", "cp1254", "windows-1254"),
        ("Ad;Şəhər\nVüsal;Şeki\n".replace("ə", "e"), "cp1254", "windows-1254"),
        ("Ad\nQasım\n", "cp1254", "windows-1254"),
        (PERSIAN.replace("ی", "ي"), "cp1256", "windows-1256"),
        ("Name,Company\nAli,علي\n", "cp1256", "windows-1256"),
        ("Name\nplain\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_found_out(text: str, codec: str, encoding: str) -> None:
    content = text.encode(codec)
    assert detect_encoding([content]) == encoding
    assert understand([content], Options(region="US"), whole=True)[0].encoding == encoding


def test_a_character_cut_by_the_end_of_a_piece_does_not_hide_utf_8() -> None:
    content = "Name\nعلی\n".encode()
    assert all(detect_encoding([content[:end]]) == "utf-8" for end in range(7, len(content)))
    assert detect_encoding([b"Name\n", "یعلی".encode()[1:]]) == "utf-8"


def test_one_broken_character_in_a_long_utf_8_file_does_not_change_its_encoding() -> None:
    content = ("Name\n" + "علی\n" * 50).encode() + b"\xff\n"
    assert detect_encoding([content]) == "utf-8"


def test_letters_that_first_occur_late_in_a_long_file_are_seen() -> None:
    assert detect_encoding([b"Ad\n" + b"Eli\n" * 1000, "Ayşe Yılmaz\n".encode("cp1254")]) == "windows-1254"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.data())
def test_what_a_csv_writer_wrote_is_read_back(delimiter: str, end: str, quote_all: bool, data: st.DataObject) -> None:
    cell = st.text("aé\u06f1 ,;|\t\n\"'=", max_size=8)
    width = data.draw(st.integers(3, 6))
    rows = data.draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=3, max_size=12))
    rows = [[f"user{place}@example.com", *row[1:]] for place, row in enumerate(rows)]
    header = ["E-mail", "First name", "Last name", "Company", "City", "Source"][:width]
    text = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([header, *rows])
    content = text.getvalue().encode()
    # Spaces around a cell are not part of it: whether the reader or the row takes them away is all the same.
    assert stripped(records(content, delimiter=delimiter)) == stripped(rows)
    assert stripped(records(content, piece=7, delimiter=delimiter)) == stripped(rows)


@pytest.mark.parametrize(
    ("text", "delimiter", "quote"),
    [
        ('a,b,c\n1,"x, y",3\n4,5,6\n', ",", '"'),
        ('a;b;c\n1;"x; y";3,5\n4;5;6,5\n', ";", '"'),
        ("a\tb\tc\n1\tx, y\t3\n", "\t", '"'),
        ("a|b|c\n1|x;y|3\n", "|", '"'),
        ("a,b,c\n'1','x, y','3'\n'4','5','6'\n", ",", "'"),
        ('a\tb\tc\n1\t5" pipe\t3\n2\t"open\t4\n3\tx\ty\n5\tx\ty\n', "\t", ""),
        ('Name,Tags,Company\nx,a;b,"A, B and C"\ny,c;d,"D, E and F"\n', ",", '"'),
    ],
)
def test_the_dialect_is_found_out(text: str, delimiter: str, quote: str) -> None:
    found = find_dialect(text, whole=True)
    assert (found.delimiter, found.quote) == (delimiter, quote)


def test_excels_separator_line_titles_blank_lines_and_backslashes_are_understood() -> None:
    assert records(b"sep=;\nName;Email\na;a@example.com\n") == [["a", "a@example.com"]]
    assert records(b"Contacts 2024,,\nName,Email,City\n\na,a@example.com,b\n\n") == [["a", "a@example.com", "b"]]
    content = b'Name,Email,City\n"say \\"hi\\", you",a@example.com,b\nc,c@example.com,d\n'
    assert records(content)[0] == ['say "hi", you', "a@example.com", "b"]
    assert records(b"Name,Email\ra,a@example.com\rb,b@example.com\r")[1] == ["b", "b@example.com"]


def test_a_file_without_a_header_loses_no_record() -> None:
    content = b"Ali,ali@example.com,+989121000316\nSara,sara@example.com,+989121000317\n"
    plan, rows = understand([content], Options(region="IR"), whole=True)
    assert plan.columns == ("Column 1", "Column 2", "Column 3")
    assert [mapping.field for mapping in plan.mapping][1:] == ["email", "phone"]
    assert len(rows) == 2
    require_identity(plan)


@pytest.mark.parametrize(
    ("header", "field", "label"),
    [
        ("E-mail 1 - Value", "email", ""),
        ("Business Phone", "phone", "work"),
        ("Phone (mobile)", "phone", "mobile"),
        ("MobilePhone", "phone", ""),
        ("phone_number", "phone", ""),
        ("firstName", "given_name", ""),
        ("شماره تلفن همراه", "phone", "mobile"),
        ("نام‌خانوادگی", "family_name", ""),
        ("نام خانوادگي", "family_name", ""),
        ("E-POÇT ÜNVANI", "email", ""),
        ("Vəzifə", "job_title", ""),
        ("No. Telefon Bimbit", "phone", "mobile"),
        ("Nachname", "family_name", ""),
        ("Mailing Postal Code", "postal_code", ""),
        ("Email Opt Out", "", ""),
        ("Account manager email", "", ""),
        ("Loyalty points", "", ""),
    ],
)
def test_headers_of_other_systems_are_known(header: str, field: str, label: str) -> None:
    assert by_header(header)[0] == field
    if field in ("email", "phone"):
        assert label_of(header) == label


def fields(*columns: str, rows: list[list[str]] | None = None) -> list[str]:
    return [mapping.field for mapping in propose_mapping(columns, rows or [], "IR")]


def test_a_name_alone_is_the_whole_name_and_beside_another_its_half() -> None:
    assert fields("نام", "ایمیل")[0] == "full_name"
    assert fields("نام", "نام خانوادگی", "ایمیل")[:2] == ["given_name", "family_name"]
    assert fields("Name", "Vorname", "E-Mail")[:2] == ["family_name", "given_name"]
    assert fields("Name", "Surname", "E-mail")[:2] == ["given_name", "family_name"]


def test_columns_without_a_telling_header_are_known_by_their_values() -> None:
    rows = [["0912 100 0316", "a@example.com", "12"], ["0912 100 0317", "b@example.com", "13"]]
    assert fields("X1", "X2", "X3", rows=rows) == ["phone", "email", "custom.x3"]
    assert fields("Phone", "Assistant", "E-mail", rows=[["", "c@example.com", "a@example.com"]])[1].startswith(
        "custom."
    )
    assert fields("Title", "Email", rows=[["Mr.", ""], ["Dr", ""]])[0] == "honorific"
    assert fields("Title", "Email", rows=[["Director", ""], ["Engineer", ""]])[0] == "job_title"
    assert fields("Status", "Email", rows=[["Blue", ""], ["Red", ""]])[0] == "custom.status"
    assert fields("Status", "Email", rows=[["Customer", ""], ["Lead", ""]])[0] == "lifecycle_stage"


def test_a_column_whose_name_cannot_be_read_has_one_that_can_be_sent() -> None:
    assert unique_columns(["E-mail\udc8d", "\0", "Naïve 😀"]) == ["E-mail\ufffd", "\ufffd", "Naïve 😀"]


def test_the_mended_file_of_rejected_rows_brings_nothing_but_what_the_first_one_had() -> None:
    assert fields("Email", "record", "column", "reason", "message") == ["email", "", "", "", ""]
    assert fields("Email", "reason")[1] == "custom.reason"


def test_nothing_is_lost_what_is_unknown_becomes_a_custom_field() -> None:
    assert custom_field("Loyalty Points (2024)") == "custom.loyalty_points_2024"
    assert custom_field("یادداشت") == "custom.yaddasht"
    assert custom_field("客户") == "custom.column"
    assert fields("City", "City 2", "Email")[:2] == ["city", "custom.city_2"]
    assert unique_columns(["Email", " Email ", ""]) == ["Email", "Email (2)", "Column 3"]
    assert fields("Email", "Email (2)", "Phone", "Mobile") == ["email", "email", "phone", "phone"]


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (b"", {}, "FILE_EMPTY"),
        (b"a," * 1_000 + b"a\n", {}, "TOO_MANY_COLUMNS"),
        (b"\xef\xbb\xbf\n \n", {}, "FILE_EMPTY"),
        (b"PK\x03\x04" + bytes(60), {}, "FILE_NOT_TEXT"),
        (b"a,b\n1,2\n", {"encoding": "latin-1"}, "ENCODING_INVALID"),
        (b"a,b\n1,2\n", {"delimiter": ", "}, "DELIMITER_INVALID"),
        (b"a,b\n1,2\n", {"locale": "xx-nowhere"}, "LOCALE_INVALID"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(content: bytes, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        records(content, **options)
    assert caught.value.reason == reason


def test_a_quotation_mark_that_is_never_closed_costs_one_record_and_not_the_file() -> None:
    start = b"Name,Email,City\n" + b"".join(b"n%d,u%d@example.com,x\n" % (i, i) for i in range(400))
    rest = b"".join(b"n%d,u%d@example.com,x\n" % (i, i) for i in range(60_000))
    found = records(start + b'"open,o@example.com,x\n' + rest)
    assert found[400] is None
    assert found[-1] == ["n59999", "u59999@example.com", "x"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "\n", "Name,Email\n"]))
def test_no_bytes_make_reading_fail_with_anything_but_a_refusal(content: bytes, before: str) -> None:
    try:
        records(before.encode() + content)
    except InvalidArgument as refused:
        assert refused.reason in ("FILE_EMPTY", "FILE_NOT_TEXT")


@pytest.mark.parametrize("language", ["en", "fa", "az", "ms"])
def test_the_samples_have_the_columns_they_have(language: str) -> None:
    content = (SAMPLES / f"contacts-{language}.csv").read_bytes()
    region = {"en": "US", "fa": "IR", "az": "AZ", "ms": "MY"}[language]
    plan, _ = understand([content], Options(region=region), whole=True)
    assert [mapping.field for mapping in plan.mapping] == [
        *("given_name", "family_name", "email", "phone", "company"),
        *("job_title", "city", "source", "tags", "created"),
    ]
    assert plan.locale == f"{language}-{region}"


@pytest.mark.parametrize(
    ("quote", "read"),
    [
        ('"', [["O'Hara", "x, y", "3"]]),
        ("'", [["O'Hara", '"x', 'y"', "3"]]),
        ("", [["O'Hara", '"x', 'y"', "3"]]),
    ],
)
def test_a_quotation_mark_that_a_person_names_is_kept_to(quote: str, read: list[list[str]]) -> None:
    content = b'Name,Email,City\nO\'Hara,"x, y",3\n'
    assert stripped(records(content, quote=quote)) == read
    plan, _ = understand([content], Options(region="US", quote=quote), whole=True)
    assert plan.dialect.quote == plan.options.quote == quote


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_mark_inside_a_cell_is_found_out_under_the_quotation_mark_a_person_names(quote: str) -> None:
    doubled, backslashed = f"a {quote}{quote}b{quote}{quote}, c", f"a \\{quote}b\\{quote}, c"
    for inside in (doubled, backslashed):
        content = f"Name,Email,City\n{quote}{inside}{quote},a@example.com,3\n".encode()
        assert records(content, quote=quote) == [[f"a {quote}b{quote}, c", "a@example.com", "3"]]


def test_whether_there_is_a_header_is_as_a_person_says() -> None:
    content = b"Ali,ali@example.com,+989121000316\nSara,sara@example.com,+989121000317\n"
    plan, rows = understand([content], Options(region="IR", has_header=True), whole=True)
    assert plan.columns == ("Ali", "ali@example.com", "+989121000316")
    assert [row[0] for row in rows] == ["Sara"]
    assert plan.options.has_header is True
    named = b"Name,Email\nSara,sara@example.com\n"
    plan, rows = understand([named], Options(region="IR", has_header=False), whole=True)
    assert plan.columns == ("Column 1", "Column 2")
    assert rows == [["Name", "Email"], ["Sara", "sara@example.com"]]
    assert records(named, has_header=False) == rows
    assert understand([named], Options(region="IR"), whole=True)[0].has_header is True
