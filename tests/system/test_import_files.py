"""The messy exports through the gateway, as a user imports them: `crm import FILE --json`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.system.conftest import Stack

SAMPLES = Path(__file__).parents[1] / "data" / "contacts"
LANGUAGES = ("en", "fa", "az", "ms")


def expected(language: str) -> dict[str, Any]:
    return dict(json.loads((SAMPLES / f"contacts-{language}.expected.json").read_text()))


def imported(stack: Stack, path: Path, region: str, *options: str) -> dict[str, Any]:
    """The last line of `crm import --json`."""
    said = stack.crm("import", str(path), "--region", region, "--json", *options)
    return dict(json.loads(said.splitlines()[-1]))


@pytest.fixture(scope="module")
def first(stack: Stack) -> dict[str, dict[str, Any]]:
    """What the first import of every sample said, after a dry run of it."""
    outcomes = {}
    for language in LANGUAGES:
        path, region = SAMPLES / f"contacts-{language}.csv", expected(language)["default_region"]
        rehearsed = imported(stack, path, region, "--dry-run")
        outcomes[language] = imported(stack, path, region)
        assert outcomes[language] == rehearsed
    return outcomes


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_messy_export_is_imported_exactly_as_expected(first: dict[str, dict[str, Any]], language: str) -> None:
    told = expected(language)
    assert first[language] == {
        "created": told["created"],
        "updated": told["updated"],
        "unchanged": 0,
        "rejected": told["rejected"],
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_importing_the_same_file_again_creates_nothing(
    stack: Stack, first: dict[str, dict[str, Any]], language: str
) -> None:
    told = expected(language)
    again = imported(stack, SAMPLES / f"contacts-{language}.csv", told["default_region"])
    assert again["created"] == 0
    assert again["rejected"] == first[language]["rejected"]
    assert again["updated"] + again["unchanged"] == told["created"] + told["updated"]


def test_imported_people_are_found_by_name_in_any_spelling(stack: Stack, first: dict[str, dict[str, Any]]) -> None:
    for query in ("محمد مهدي", "محمد مهدی", "fa7.user316", "9121000316"):
        results = stack.call("GET", "/v1/contacts:search", params={"query": query}).json()["results"]
        names = [result["contact"]["displayName"] for result in results]
        assert any("مجتهدی" in name or "محمد" in name for name in names), (query, names)


def test_an_export_is_a_file_that_imports_again_without_a_change(
    stack: Stack, first: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    exported = tmp_path / "contacts.csv"
    stack.crm("export", "--filter", 'email : "az7."', "--output", str(exported))
    rows = list(csv.DictReader(io.StringIO(exported.read_text(encoding="utf-8"))))
    assert len(rows) == 400
    assert any(row["company"] == "'=1+1" or row["other_companies"].startswith("'=1+1") for row in rows)

    again = imported(stack, exported, "AZ")
    assert (again["created"], again["updated"], again["rejected"]) == (0, 0, [])


def test_a_user_can_watch_and_download_what_was_rejected(stack: Stack, first: dict[str, dict[str, Any]]) -> None:
    newest = stack.call("GET", "/v1/contactImports").json()["imports"][0]
    assert newest["state"] == "STATE_SUCCEEDED"
    assert newest["progress"] == 1

    text = stack.call("GET", f"/v1/contactImports/{newest['id']}/rejectedRows.csv").text
    assert len(list(csv.DictReader(io.StringIO(text)))) == int(newest["rejectedCount"])


def test_a_preview_says_how_a_file_would_be_read(stack: Stack) -> None:
    content = (SAMPLES / "contacts-fa.csv").read_bytes().decode("utf-8-sig").encode("utf-16")
    stored = stack.call("POST", "/v1/files", params={"filename": "fa.csv"}, data=content).json()
    preview = stack.call("POST", "/v1/contactImports:preview", json={"fileId": stored["id"], "rowCount": 3}).json()
    assert preview["options"]["encoding"] == "utf-16"
    assert preview["options"]["delimiter"] == ","
    assert preview["columns"][0] == "نام"
    assert [mapping["field"] for mapping in preview["options"]["mapping"]][:4] == [
        "given_name",
        "family_name",
        "email",
        "phone",
    ]
    assert preview["rows"][0]["cells"][0] == "محمد مهدی"


def test_a_file_that_is_no_text_is_refused_with_a_sentence(stack: Stack, tmp_path: Path) -> None:
    workbook = tmp_path / "contacts.xlsx"
    workbook.write_bytes(b"PK\x03\x04" + bytes(100))
    stack.crm("import", str(workbook), code=1)
