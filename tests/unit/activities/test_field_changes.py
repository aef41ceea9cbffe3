"""What a timeline tells of a change."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.activities.domain.diff import MAX_TEXT, NOISE, diff

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=5)
snapshots = st.dictionaries(
    st.sampled_from(["given_name", "job_title", "tags", "etag", "language"]), scalars, max_size=5
)


def test_a_changed_field_is_told_with_both_values() -> None:
    changes = diff({"job_title": "Engineer"}, {"job_title": "Director"})
    assert changes == [{"field": "job_title", "before": "Engineer", "after": "Director"}]


def test_what_changes_with_every_write_is_not_told() -> None:
    before = {"etag": "1", "version": 1, "updated_at": "2026-01-01T00:00:00Z", "audit": {"update_time": "a"}}
    after = {"etag": "2", "version": 2, "updated_at": "2026-01-02T00:00:00Z", "audit": {"update_time": "b"}}
    assert diff(before, after) == []


def test_an_empty_value_and_a_missing_one_are_the_same() -> None:
    assert diff({"job_title": "", "tags": []}, {"honorific": None}) == []


def test_a_field_that_was_emptied_is_told_with_nothing_after() -> None:
    assert diff({"job_title": "Buyer"}, {"job_title": ""}) == [{"field": "job_title", "before": "Buyer", "after": None}]


def test_false_and_zero_of_own_fields_are_values() -> None:
    assert diff({"custom": {}}, {"custom": {"vip": False, "visits": 0}}) == [
        {"field": "custom.vip", "before": None, "after": False},
        {"field": "custom.visits", "before": None, "after": 0},
    ]


def test_of_a_list_only_the_elements_that_came_or_went_are_told() -> None:
    changes = diff({"tags": ["vip", "partner"]}, {"tags": ["partner", "press"]})
    assert changes == [{"field": "tags", "before": ["vip"], "after": ["press"]}]


def test_a_new_order_of_a_list_is_no_change() -> None:
    assert diff({"tags": ["a", "b"]}, {"tags": ["b", "a"]}) == []


def test_an_added_address_is_told_as_typed_without_its_derived_form() -> None:
    first = {"address": "a@example.com", "normalized": "a@example.com", "label": "work", "primary": True}
    second = {"address": "B@Example.com", "normalized": "b@example.com", "label": "home", "primary": False}
    assert diff({"emails": [first]}, {"emails": [first, second]}) == [
        {
            "field": "emails",
            "before": None,
            "after": [{"address": "B@Example.com", "label": "home", "primary": False}],
        }
    ]


def test_a_relabelled_number_is_told_before_and_after() -> None:
    work = {"number": "0912", "e164": "+98912", "label": "work"}
    home = {"number": "0912", "e164": "+98912", "label": "home"}
    assert diff({"phones": [work]}, {"phones": [home]}) == [
        {
            "field": "phones",
            "before": [{"number": "0912", "label": "work"}],
            "after": [{"number": "0912", "label": "home"}],
        }
    ]


def test_a_withdrawn_consent_is_told_without_the_evidence_text() -> None:
    granted = {"channel": "CHANNEL_EMAIL", "state": "STATE_GRANTED", "text_shown": "x" * 5000}
    withdrawn = {"channel": "CHANNEL_EMAIL", "state": "STATE_WITHDRAWN"}
    post = {"channel": "CHANNEL_POST", "state": "STATE_DENIED"}
    assert diff({"consents": [granted, post]}, {"consents": [withdrawn, post]}) == [
        {
            "field": "consents",
            "before": [{"channel": "CHANNEL_EMAIL", "state": "STATE_GRANTED"}],
            "after": [{"channel": "CHANNEL_EMAIL", "state": "STATE_WITHDRAWN"}],
        }
    ]


def test_a_long_text_is_cut() -> None:
    (change,) = diff({}, {"source": "x" * (MAX_TEXT + 50)})
    assert change["after"] == "x" * MAX_TEXT + "…"


@given(snapshots)
def test_nothing_differs_from_itself(snapshot: dict[str, Any]) -> None:
    assert diff(snapshot, snapshot) == []


@given(snapshots, snapshots)
def test_the_way_back_tells_the_same_fields_the_other_way_round(old: dict[str, Any], new: dict[str, Any]) -> None:
    there = {change["field"]: (change["before"], change["after"]) for change in diff(old, new)}
    back = {change["field"]: (change["after"], change["before"]) for change in diff(new, old)}
    assert there == back
    assert not NOISE & there.keys()
