"""What an SRE sees: one trace through all layers, metrics a Prometheus can read, logs that name the trace."""

from __future__ import annotations

import json
import time
from uuid import uuid4

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from cli.stack.settings import OFFSETS
from tests.system.conftest import Stack
from tests.system.otlp_receiver import Receiver

UNBOUNDED = {"user", "user_id", "id", "path", "url", "error", "pid", "trace_id", "contact_id", "email", "query"}


def create_contact(stack: Stack) -> tuple[str, str]:
    """Creates a contact. Returns the ids of the trace, as the gateway's access log tells it, and of the request."""
    body = {"contact": {"givenName": "Trace", "emails": [{"address": f"{uuid4().hex}@example.com"}]}}
    reply = stack.call("POST", "/v1/contacts", json=body)
    assert reply.status_code == 200, reply.text
    return trace_of(stack, reply.headers["x-request-id"]), body["contact"]["emails"][0]["address"]  # type: ignore[index]


def trace_of(stack: Stack, request_id: str) -> str:
    """The trace id in the gateway's JSON access log; the log is written about once a second."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        for line in (stack.data / "logs" / "envoy.log").read_text().splitlines():
            if request_id in line:
                return str(json.loads(line)["trace_id"])
        time.sleep(0.2)  # a file of another process: nothing to await but its content
    raise AssertionError(f"request {request_id} is not in the access log")


def test_one_trace_leads_from_the_gateway_through_service_sql_and_event_to_the_consumer(
    stack: Stack, traces: Receiver
) -> None:
    trace_id, address = create_contact(stack)
    spans = traces.wait_for(trace_id, {"gateway", "contacts", "activities"})
    by_id = {span.span_id: span for span in spans}
    rpc = next(span for span in spans if span.name == "crm.contacts.v1.ContactService/CreateContact")
    insert = next(span for span in spans if span.service == "contacts" and "INSERT" in str(span.attributes))
    consumer = next(span for span in spans if span.service == "activities" and "process" in span.name)
    assert by_id[rpc.parent_id].service == "gateway"
    assert insert.parent_id == rpc.span_id
    assert consumer.parent_id == rpc.span_id
    assert address not in json.dumps([span.attributes for span in spans]), "parameters of SQL stay out of traces"


def metrics_url(stack: Stack, name: str) -> str:
    return f"http://127.0.0.1:{stack.port(name)}/metrics"


@pytest.mark.parametrize("name", [name for name in OFFSETS if name.endswith("_metrics_port") and "envoy" not in name])
def test_every_process_has_metrics_that_parse_and_bounded_labels(stack: Stack, name: str) -> None:
    reply = requests.get(
        metrics_url(stack, name), headers={"accept": "application/openmetrics-text; version=1.0.0"}, timeout=10
    )
    families = list(openmetrics(reply.text))  # type: ignore[no-untyped-call]
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert not labels & UNBOUNDED
    assert sum(len(family.samples) for family in families) < 5000
    assert {"process_event_loop_lag_seconds", "process_resident_memory_bytes"} <= {family.name for family in families}


def test_red_metrics_count_calls_by_method_and_code(stack: Stack) -> None:
    create_contact(stack)
    text = requests.get(metrics_url(stack, "contacts_metrics_port"), timeout=10).text
    family = next(family for family in prometheus(text) if family.name == "rpc_server_call_duration_seconds")
    counted = {
        (sample.labels["rpc_method"], sample.labels["rpc_status"]): sample.value
        for sample in family.samples
        if sample.name.endswith("_count")
    }
    assert counted["crm.contacts.v1.ContactService/CreateContact", "OK"] >= 1


def values(stack: Stack, name: str) -> dict[str, float]:
    """The samples of a process by name; of those with labels any one."""
    text = requests.get(metrics_url(stack, name), timeout=10).text
    return {sample.name: sample.value for family in prometheus(text) for sample in family.samples}


def test_relay_and_consumer_metrics_say_how_far_events_have_come(stack: Stack) -> None:
    create_contact(stack)
    until = time.monotonic() + 15
    while time.monotonic() < until:
        relay, consumer = values(stack, "contacts_worker_metrics_port"), values(stack, "activities_metrics_port")
        if relay["event_relay_published_total"] and consumer.get("event_consumer_applied_total"):
            break
        time.sleep(0.2)  # metrics are read, not pushed
    assert relay["event_relay_published_total"] >= 1
    assert relay["event_relay_oldest_unpublished_age_seconds"] < 15
    assert consumer["event_consumer_applied_total"] >= 1
    assert {"event_consumer_pending", "event_dead_letters"} <= consumer.keys()


def test_envoys_metrics_are_on_a_listener_of_their_own(stack: Stack) -> None:
    address = f"http://127.0.0.1:{stack.port('envoy_metrics_port')}"
    text = requests.get(f"{address}/stats/prometheus", timeout=10).text
    assert any(family.name.startswith("envoy_http_downstream_rq") for family in prometheus(text))
    assert requests.get(f"{address}/quitquitquit", timeout=10).status_code == 404


def test_logs_are_json_lines_and_hold_no_token(stack: Stack) -> None:
    token = stack.token()
    stack.call("GET", "/v1/contacts", token=token)
    logs = sorted((stack.data / "logs").glob("*.log"))
    assert logs
    for log in logs:
        text = log.read_text(errors="replace")
        assert token not in text
        if log.name.startswith(("contacts", "identity", "activities", "edge")):
            for line in text.splitlines():
                assert json.loads(line)["service"], line
