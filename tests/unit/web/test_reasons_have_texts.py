"""Every reason for which the API refuses something has a text for people in each language, or is named here as one
whose kind says it all."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.stack.settings import ROOT

TEXTS = ROOT / "web" / "src" / "i18n"
LOCALES = ("en", "fa", "az", "ms")
SOURCES = ("crmkit", "services", "gateway")
REASON = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
# What the text of their kind (`code5`: "This was not found…") says as well as one of their own would.
NOT_FOUND = re.compile(r"\w*NOT_FOUND")
OTHERS = {
    # Someone else saved first: the text of ABORTED.
    "CONCURRENT_CHANGE",
    "ETAG_MISMATCH",
    # Not signed in: the app renews the session or shows the sign-in page, and no text.
    "REFRESH_TOKEN_INVALID",
    "REFRESH_TOKEN_REUSED",
    "SIGN_IN_REQUIRED",
    "TOKEN_EXPIRED",
    "TOKEN_INVALID",
    # Away, busy, not allowed: the texts of UNAVAILABLE, RESOURCE_EXHAUSTED, PERMISSION_DENIED.
    "DATABASE_UNAVAILABLE",
    "LIVE_UNAVAILABLE",
    "PERMISSION_DENIED",
    "TOO_MANY_CLIENTS",
    # Name of a whole entry whose fields are told one by one: the text of INVALID_ARGUMENT above them.
    "PREFERENCES_INVALID",
    "USER_INVALID",
    "VIEW_INVALID",
    # Mistakes of a program, which no page of ours makes.
    "BATCH_SIZE_INVALID",
    "COLUMNS_TOO_MANY",
    "COLUMN_INVALID",
    "COLUMN_REPEATED",
    "DELIMITER_INVALID",
    "EVENTS_NOT_NAMED",
    "FIELD_REPEATED",
    "FIELD_UNKNOWN",
    "FILENAME_INVALID",
    "ID_INVALID",
    "LOCALE_INVALID",
    "METHOD_NOT_ALLOWED",
    "NOTIFICATIONS_NOT_NAMED",
    "ORDER_BY_INVALID",
    "PAGE_SIZE_INVALID",
    "PIECES_TOO_MANY",
    "PIECE_TOO_LARGE",
    "REQUEST_ID_INVALID",
    "REQUEST_ID_REUSED",
    "REQUEST_INVALID",
    "REQUEST_MALFORMED",
    "RIGHT_INVALID",
    "ROW_COUNT_INVALID",
    "SELECTION_INVALID",
    "SERVICE_UNKNOWN",
    "SHARING_UNKNOWN",
    "SUBJECT_TYPE_INVALID",
    "TOO_MANY_IDS",
    "UPDATE_MASK_INVALID",
    "UPDATE_MASK_REQUIRED",
    "WIDTH_INVALID",
    # Ends of the live stream, and what an import says of its rows: no refusals.
    "CHANGED_SINCE",
    "COLUMN_COUNT",
    "NOT_PERMITTED",
    "NOT_REMEMBERED",
    "RECORD_MALFORMED",
    "SERVER_STOPPING",
    "TOO_SLOW",
    # Told as a page of the server, before there is an app.
    "WEB_APP_MISSING",
}


def reasons(source: str) -> Iterator[str]:
    """The reasons that calls in a module give: `NotFound("CONTACT_NOT_FOUND", …)`, `Violation(…, reason="…")`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            for value in (*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "reason")):
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and REASON.fullmatch(value.value):
                    yield value.value


def used() -> set[str]:
    files = (path for folder in SOURCES for path in (ROOT / folder).rglob("*.py"))
    return {reason for path in files for reason in reasons(path.read_text())}


def texts(locale: str) -> dict[str, str]:
    return dict(json.loads(Path(TEXTS / locale / "errors.json").read_text()))


def test_reasons_are_found_where_errors_are_made() -> None:
    assert {"SIGN_IN_FAILED", "EMAIL_INVALID", "ETAG_MISMATCH"} <= used()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_has_a_text_or_is_named_as_one_that_needs_none(locale: str) -> None:
    own = texts(locale)
    assert {"code3", "code5", "code7", "code8", "code10", "code14"} <= own.keys()
    without = used() - own.keys() - OTHERS
    assert sorted(one for one in without if not NOT_FOUND.fullmatch(one)) == []


def test_those_without_a_text_are_given_somewhere_and_have_none() -> None:
    assert sorted(OTHERS - used()) == []
    assert sorted(OTHERS & texts("en").keys()) == []
