"""CSV for spreadsheets."""

import csv
import io

import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from crm.common.v1.change_pb2 import PartialDate
from crm.contacts.v1.company_pb2 import Company
from crm.contacts.v1.contact_pb2 import LIFECYCLE_STAGE_CUSTOMER, Contact
from gateway import offers
from gateway.edge import cells
from gateway.edge.csv_text import csv_lines, harmless


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


def exported(name: str, record: Message) -> dict[str, str]:
    """The cells of a record by their header."""
    [export] = [one for one in offers.exports() if one.name == name]
    read = cells.row_reader(record.DESCRIPTOR, export.columns)
    return dict(zip([column.name for column in export.columns], read(record), strict=True))


def test_a_contact_has_a_cell_for_every_column_and_its_primary_values_first() -> None:
    contact = Contact(given_name="Ali", birthday=PartialDate(month=3, day=21))
    contact.emails.add(address="b@x.example")
    contact.emails.add(address="a@x.example", primary=True)
    contact.custom["tier"] = "gold"
    row = exported("contacts", contact)
    assert row["email"] == "a@x.example"
    assert row["other_emails"] == "b@x.example"
    assert row["birthday"] == "--03-21"
    assert row["custom"] == '{"tier":"gold"}'
    assert row["create_time"] == ""


def test_values_of_every_kind_have_their_text() -> None:
    contact = Contact(lifecycle_stage=LIFECYCLE_STAGE_CUSTOMER, tags=["vip", "fair"])
    contact.phones.add(number="0912 100 0316")
    contact.phones.add(number="021 123", e164="+9821123", primary=True)
    contact.companies.add(company_name="Harbour")
    contact.addresses.add(lines=["Quay 5", "Gate 2"])
    contact.addresses.add(city="Baku")
    contact.audit.create_time.CopyFrom(Timestamp(seconds=1))
    row = exported("contacts", contact)
    assert (row["phone"], row["other_phones"]) == ("+9821123", "0912 100 0316")
    assert (row["company"], row["other_companies"]) == ("Harbour", "")
    assert (row["street"], row["city"]) == ("Quay 5; Gate 2", "")
    assert (row["lifecycle_stage"], row["tags"]) == ("customer", "vip; fair")
    assert (row["create_time"], row["update_time"]) == ("1970-01-01T00:00:01Z", "")


def test_a_company_has_its_revenue_with_the_currency_and_no_number_that_is_not_known() -> None:
    company = Company(name="Harbour", domains=["a.example", "b.example"])
    company.annual_revenue.currency_code, company.annual_revenue.units, company.annual_revenue.nanos = (
        "EUR",
        12,
        500_000_000,
    )
    row = exported("companies", company)
    assert (row["name"], row["domains"]) == ("Harbour", "a.example; b.example")
    assert (row["annual_revenue"], row["employee_count"]) == ("12.5 EUR", "")
    assert exported("companies", Company())["annual_revenue"] == ""
