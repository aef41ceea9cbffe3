"""How a refusal is told: whole where it is short, and never too long for the trailers it travels in."""

from __future__ import annotations

from google.rpc.error_details_pb2 import BadRequest, ErrorInfo

from crmkit.errors import InvalidArgument, Violation
from crmkit.failures import status_of


def fields_of(error: InvalidArgument) -> list[str]:
    wrong = BadRequest()
    assert status_of(error).details[1].Unpack(wrong)
    return [violation.field for violation in wrong.field_violations]


def test_a_refusal_names_reason_facts_and_every_field() -> None:
    names = [f"contact.emails[{index}].address" for index in range(20)]
    wrong = [Violation(name, "This is no e-mail address: `nobody`.", "EMAIL_INVALID") for name in names]
    error = InvalidArgument("EMAIL_INVALID", "This is no e-mail address.", violations=wrong, ids="a,b")
    info = ErrorInfo()
    assert status_of(error).details[0].Unpack(info)
    assert (info.reason, dict(info.metadata)) == ("EMAIL_INVALID", {"ids": "a,b"})
    assert fields_of(error) == names


def test_what_the_caller_sent_never_makes_it_too_long() -> None:
    long = "ژ" * 70_000
    wrong = [Violation(long, long, "TEXT_INVALID") for _ in range(50)]
    error = InvalidArgument("TEXT_INVALID", long, violations=wrong, text=long)
    status = status_of(error)
    assert status.ByteSize() < 5_000
    assert status.message == "ژ" * 248 + "…"
    assert fields_of(error)


def test_half_a_character_in_a_refusal_is_replaced() -> None:
    assert status_of(InvalidArgument("TEXT_INVALID", "\ud800 is no character.")).message == "? is no character."
