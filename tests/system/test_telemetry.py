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
from tests.system.local_stack import LocalStack
from tests.system.otlp_receiver import Receiver, Span

UNBOUNDED = {"user", "user_id", "id", "path", "url", "error", "pid", "trace_id", "contact_id", "email", "query"}


def create_contact(stack: LocalStack) -> tuple[str, str]:
    """Creates a contact inside a trace of ours. Returns the ids of the trace and the contact."""
    trace_id = uuid4().hex
    body = {"contact": {"givenName": "Trace", "emails": [{"address": f"{trace_id}@example.com"}]}}
    headers = {"traceparent": f"00-{trace_id}-{uuid4().hex[:16]}-01"}
    reply = stack.call("POST", "/v1/contacts", json=body, headers=headers)
    assert reply.status_code == 200, reply.text
    return trace_id, reply.json()["id"]


def find_trace(traces: Receiver, contact_trace: str, services: set[str]) -> list[Span]:
    return traces.wait_for(contact_trace, services)


def test_one_trace_leads_from_the_gateway_through_service_sql_and_event_to_the_consumer(
    stack: LocalStack, traces: Receiver
) -> None:
    trace_id, _ = create_contact(stack)
    spans = find_trace(traces, trace_id, {"envoy", "contacts", "activities"})
    by_id = {span.span_id: span for span in spans}
    rpc = next(span for span in spans if span.name == "crm.contacts.v1.ContactService/CreateContact")
    insert = next(span for span in spans if span.service == "contacts" and span.name == "INSERT")
    consumer = next(span for span in spans if span.service == "activities" and "process" in span.name)
    assert by_id[rpc.parent_id].service == "envoy"
    assert insert.parent_id == rpc.span_id
    assert consumer.parent_id == rpc.span_id
    assert trace_id not in json.dumps([span.attributes for span in spans if span.service == "contacts"]), (
        "parameters of SQL must not be in a trace"
    )


def metrics_url(stack: LocalStack, name: str) -> str:
    return f"http://127.0.0.1:{stack.port + OFFSETS[name]}/metrics"


@pytest.mark.parametrize("name", [name for name in OFFSETS if name.endswith("_metrics_port") and "envoy" not in name])
def test_every_process_has_metrics_that_parse_and_bounded_labels(stack: LocalStack, name: str) -> None:
    reply = requests.get(
        metrics_url(stack, name), headers={"accept": "application/openmetrics-text; version=1.0.0"}, timeout=10
    )
    families = list(openmetrics(reply.text))
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert not labels & UNBOUNDED
    assert sum(len(family.samples) for family in families) < 5000
    assert {"process_event_loop_lag_seconds", "process_resident_memory_bytes"} <= {family.name for family in families}


def test_red_metrics_count_calls_by_method_and_code(stack: LocalStack) -> None:
    create_contact(stack)
    text = requests.get(metrics_url(stack, "contacts_metrics_port"), timeout=10).text
    family = next(family for family in prometheus(text) if family.name == "rpc_server_call_duration_seconds")
    counted = {
        (sample.labels["rpc_method"], sample.labels["rpc_status"]): sample.value
        for sample in family.samples
        if sample.name.endswith("_count")
    }
    assert counted["crm.contacts.v1.ContactService/CreateContact", "OK"] >= 1


def test_relay_and_consumer_metrics_say_how_far_events_have_come(stack: LocalStack) -> None:
    create_contact(stack)
    until = time.monotonic() + 15
    while time.monotonic() < until:
        relay = requests.get(metrics_url(stack, "contacts_worker_metrics_port"), timeout=10).text
        consumer = requests.get(metrics_url(stack, "activities_metrics_port"), timeout=10).text
        values = {sample.name: sample.value for family in prometheus(relay + consumer) for sample in family.samples}
        if values.get("event_relay_published_total", 0) >= 1 and values.get("event_consumer_applied_total", 0) >= 1:
            break
        time.sleep(0.2)  # metrics are read, not pushed
    assert values["event_relay_published_total"] >= 1
    assert values["event_consumer_applied_total"] >= 1
    assert values["event_relay_oldest_unpublished_age_seconds"] < 15
    assert {"event_consumer_pending", "event_dead_letters"} <= values.keys()


def test_envoys_metrics_are_on_a_listener_of_their_own(stack: LocalStack) -> None:
    port = stack.port + OFFSETS["envoy_metrics_port"]
    text = requests.get(f"http://127.0.0.1:{port}/stats/prometheus", timeout=10).text
    assert any(family.name.startswith("envoy_http_downstream_rq") for family in prometheus(text))
    assert requests.get(f"http://127.0.0.1:{port}/quitquitquit", timeout=10).status_code == 404


def test_logs_are_json_lines_and_hold_no_token(stack: LocalStack) -> None:
    token = stack.token()
    stack.call("GET", "/v1/contacts", token=token)
    logs = sorted((stack.folder / "logs").glob("*.log"))
    assert logs
    for log in logs:
        text = log.read_text(errors="replace")
        assert token not in text
        if log.name.startswith(("contacts", "identity", "activities", "edge")):
            for line in text.splitlines():
                assert json.loads(line)["service"], line
