"""How long failures lock."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.lockout import ACCOUNT, ADDRESS, account_key, address_key, lock_after


def test_nine_failures_of_an_account_lock_nothing_and_the_tenth_locks_a_minute() -> None:
    assert [lock_after(ACCOUNT, failures) for failures in (1, 9)] == [None, None]
    assert lock_after(ACCOUNT, 10) == timedelta(minutes=1)


def test_each_further_failure_doubles_the_lock_up_to_an_hour() -> None:
    minutes = [lock_after(ACCOUNT, failures) for failures in range(10, 18)]
    assert minutes == [timedelta(minutes=value) for value in (1, 2, 4, 8, 16, 32, 60, 60)]


@given(st.integers(min_value=100, max_value=10**9))
def test_a_network_address_with_any_number_of_failures_is_locked_at_most_an_hour(failures: int) -> None:
    lock = lock_after(ADDRESS, failures)
    assert lock is not None
    assert timedelta(minutes=1) <= lock <= timedelta(hours=1)


def test_the_addresses_of_one_ipv6_network_are_one_source() -> None:
    assert address_key("2001:db8:7:1::1") == address_key("2001:db8:7:1:ffff:abcd:0:9")
    assert address_key("2001:db8:7:1::1") != address_key("2001:db8:7:2::1")
    assert address_key("::ffff:192.0.2.7") == address_key("192.0.2.7") != address_key("192.0.2.8")
    assert address_key("unix:/run/a") != address_key("unix:/run/b")


def test_counters_know_accounts_by_address_without_case_and_never_confuse_kinds() -> None:
    assert account_key("A@example.com") == account_key("a@EXAMPLE.com")
    assert account_key("10.0.0.1") != address_key("10.0.0.1")
