"""CSV for spreadsheets."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.common.v1.change_pb2 import PartialDate
from crm.contacts.v1.contact_pb2 import Contact
from gateway.edge.csv_text import csv_lines, harmless
from gateway.edge.files import EXPORT_COLUMNS, contact_row


@pytest.mark.parametrize(
    "cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-1+A1", "\t=1", "\r=1", "\n=1", "＝1+1", "＋SUM(A1)"]
)
def test_a_formula_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ali", "+98 912 100 0316", "-5.20", "(021) 123", "a=b", "ali@example.com"])
def test_text_numbers_and_telephone_numbers_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\x00")), min_size=2), min_size=1))
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    text = csv_lines(rows)
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[harmless(cell) for cell in row] for row in rows]


def test_rows_end_with_cr_lf_and_cells_are_quoted_where_needed() -> None:
    assert csv_lines([["a", 'say "hi"', "x,y"]]) == 'a,"say ""hi""","x,y"\r\n'


def test_a_contact_has_a_cell_for_every_column_and_its_primary_values_first() -> None:
    contact = Contact(given_name="Ali", birthday=PartialDate(month=3, day=21))
    contact.emails.add(address="b@x.example")
    contact.emails.add(address="a@x.example", primary=True)
    contact.custom["tier"] = "gold"
    row = dict(zip(EXPORT_COLUMNS, contact_row(contact), strict=True))
    assert row["email"] == "a@x.example"
    assert row["other_emails"] == "b@x.example"
    assert row["birthday"] == "--03-21"
    assert row["custom"] == '{"tier":"gold"}'
    assert row["create_time"] == ""
