"""`crm settings` and the ports of a stack."""

import json

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.stack.ports import twice
from cli.stack.settings import OFFSETS, StackSettings


def listed(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, dict[str, object]]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    outcome = CliRunner().invoke(app, ["settings", "--json"])
    assert outcome.exit_code == 0, outcome.output
    return {variable["name"]: variable for variable in json.loads(outcome.stdout)}


def test_every_variable_is_described_and_says_who_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = listed(monkeypatch)
    assert {"CRM_HTTP_PORT", "CRM_DATABASE_URL", "CRM_SIGNING_KEY_FILE", "CRM_RATE_LIMIT", "CRM_LIVE_CLIENTS"} <= set(
        found
    )
    assert [name for name, variable in found.items() if not variable["description"] or not variable["readers"]] == []


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = listed(monkeypatch, CRM_DATABASE_URL="postgresql://crm:very-secret@db/crm")
    assert found["CRM_DATABASE_URL"]["is_set"] is True
    assert "very-secret" not in json.dumps(found)


def test_the_values_are_those_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    found = listed(monkeypatch, CRM_HTTP_PORT="9000", CRM_NATS_PORT="4222", CRM_LOG_LEVEL="debug")
    assert found["CRM_POSTGRES_PORT"]["value"] == "9002"
    assert (found["CRM_NATS_PORT"]["value"], found["CRM_NATS_PORT"]["default"]) == ("4222", "9003")
    assert found["CRM_LOG_LEVEL"]["value"] == "debug"


def test_every_port_follows_the_http_port_and_none_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_HTTP_PORT", "9000")
    settings = StackSettings()
    assert {name: settings.port(name) for name in OFFSETS} == {name: 9000 + offset for name, offset in OFFSETS.items()}
    assert twice(settings) == []


def test_two_variables_with_one_port_are_both_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NATS_PORT", "8082")
    assert twice(StackSettings()) == ["CRM_POSTGRES_PORT and CRM_NATS_PORT are both 8082"]
