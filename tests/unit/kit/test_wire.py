"""Fields of messages and what they are in Python."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.errors import InvalidArgument
from crmkit.wire import id_text, parse_ids, parse_optional_id, timestamp


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_kept_to_the_microsecond_whatever_the_century(moment: datetime) -> None:
    assert timestamp(moment).ToDatetime(UTC) == moment


def test_a_missing_reference_is_an_empty_text_on_the_wire() -> None:
    assert parse_optional_id(id_text(None), "team_id") is None
    assert parse_optional_id(id_text(UUID(int=7)), "team_id") == UUID(int=7)


@pytest.mark.parametrize(
    ("texts", "reason", "field"),
    [
        ([], "BATCH_SIZE_INVALID", "ids"),
        ([str(UUID(int=7))] * 1_001, "BATCH_SIZE_INVALID", "ids"),
        ([str(UUID(int=7)), "seven"], "ID_INVALID", "ids[1]"),
    ],
)
def test_the_first_wrong_id_of_several_is_named(texts: list[str], reason: str, field: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_ids(texts)
    assert (caught.value.reason, caught.value.violations[0].field) == (reason, field)
