"""Keys that come and go while a process runs."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crmkit.access import Principal
from crmkit.errors import Unauthenticated
from crmkit.tokens import LOOK_SECONDS, Verifier, jwks, mint

OLD, NEW = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


class Clock:
    """The monotonic clock that the module under test sees."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("crmkit.tokens.time.monotonic", made.monotonic)
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "jwks.json"
    path.write_bytes(jwks(OLD))
    return path


def token(key: Ed25519PrivateKey) -> str:
    return mint(key, Principal(uuid4(), uuid4(), frozenset({"viewer"}), None))[0]


def refused(verifier: Verifier, text: str) -> bool:
    try:
        verifier.verify(text)
    except Unauthenticated as error:
        return error.reason == "TOKEN_INVALID"
    return False


def test_a_key_that_is_taken_away_is_not_believed_any_more(file: Path, clock: Clock) -> None:
    verifier, known, fresh = Verifier(file), token(OLD), token(OLD)
    assert not refused(verifier, known)
    file.write_bytes(jwks(NEW))
    clock.now += LOOK_SECONDS
    assert refused(verifier, known), "also what was checked before"
    assert refused(verifier, fresh)
    assert not refused(verifier, token(NEW))


def test_a_new_key_is_known_at_once(file: Path, clock: Clock) -> None:
    verifier = Verifier(file)
    file.write_bytes(jwks(OLD, NEW))
    assert not refused(verifier, token(NEW))
    assert not refused(verifier, token(OLD))


def test_a_file_that_is_being_written_changes_nothing_until_it_is_whole(file: Path, clock: Clock) -> None:
    verifier, known = Verifier(file), token(OLD)
    for broken in (b"", b'{"keys": [', b"[]", b'{"keys": [{"crv": "Ed25519"}]}'):
        file.write_bytes(broken)
        clock.now += LOOK_SECONDS
        assert not refused(verifier, known)
    file.unlink()
    clock.now += LOOK_SECONDS
    assert not refused(verifier, known)
    file.write_bytes(jwks(NEW))
    clock.now += LOOK_SECONDS
    assert refused(verifier, known)


def test_a_file_that_is_the_same_is_not_read_again(file: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier, known = Verifier(file), token(OLD)
    first = verifier.verify(known)
    monkeypatch.setattr(verifier, "_read_keys", lambda: pytest.fail("it was read again"))
    clock.now += LOOK_SECONDS
    assert verifier.verify(known) is first
