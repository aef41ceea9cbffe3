"""Nonsense through the gateway: never a 5xx, never an answer that /openapi.json does not describe.

Everything is drawn deterministically, so a run that fails fails again. `make test` draws little; what is marked
`long` draws much more, and adds every boundary value that schemathesis derives from the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import grpc
import pytest
import requests
import schemathesis
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pool import Default
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case

from crm.activities.v1 import activity_service_pb2
from crm.contacts.v1 import company_pb2, contact_pb2
from crm.identity.v1 import identity_service_pb2
from gateway import contracts
from gateway.edge.openapi.document import document
from tests.system import hostile
from tests.system.conftest import Stack, free_block
from tests.system.fuzz_world import CALL_SECONDS, World

# Whoever looks up a message by its name finds only what was imported.
for _file in contracts.descriptor_set().file:
    if _file.package.startswith("crm."):
        import_module(_file.name.removesuffix(".proto").replace("/", ".") + "_pb2")


@pytest.fixture(scope="module")
def world(run_folder: Path) -> Iterator[World]:
    # Limits that a fuzzer would meet instead of what is behind them.
    limits = {"CRM_RATE_LIMIT": "100000", "CRM_SIGN_IN_RATE_LIMIT": "100000"}
    running = Stack(run_folder / "fuzzed", free_block(24000), **limits)
    try:
        running.wait_for("Everything serves")
        yield World(running)
    finally:
        running.end()


def operations(examples: int, *phases: str) -> Any:
    """The operations of the document, with so many requests drawn for each."""
    # FollowChanges never ends; tests/system/edge/test_live.py reads it.
    schema = schemathesis.openapi.from_dict(document()).exclude(operation_id="FollowChanges")
    schema.config.phases.update(phases=list(phases))
    # Methods that no operation has. Not QUERY: Envoy's parser does not know it, and nothing can say 405.
    schema.config.phases.coverage.unexpected_methods = {"PUT", "TRACE"}
    schema.config.generation.update(max_examples=examples, deterministic=True, with_security_parameters=False)
    return schema


few = operations(10, "examples", "fuzzing")
many = operations(100, "examples", "coverage", "fuzzing")


def test_the_gateway_serves_the_document_that_is_fuzzed(world: World) -> None:
    assert requests.get(f"{world.stack.address}/openapi.json", timeout=CALL_SECONDS).json() == document()


@few.parametrize()  # type: ignore[untyped-decorator]
def test_every_operation_answers_nonsense_as_documented(case: Case[Any], world: World) -> None:
    world.aim(case)
    world.ask(case)


@pytest.mark.long
@pytest.mark.timeout(600)
@many.parametrize()  # type: ignore[untyped-decorator]
def test_every_operation_answers_much_nonsense_as_documented(case: Case[Any], world: World) -> None:
    world.aim(case)
    world.ask(case)


@dataclass(frozen=True)
class Kind:
    """A kind of record and how its operations are called."""

    path: str
    field: str
    message: Descriptor
    # What a new one must have.
    required: tuple[str, ...]
    undeletable: bool = False


KINDS = (
    Kind("contacts", "contact", contact_pb2.Contact.DESCRIPTOR, ("givenName",), undeletable=True),
    Kind("companies", "company", company_pb2.Company.DESCRIPTOR, ("name",), undeletable=True),
    Kind("notes", "note", activity_service_pb2.Note.DESCRIPTOR, ("body",)),
    Kind("users", "user", identity_service_pb2.User.DESCRIPTOR, ("email", "displayName", "roleIds")),
    Kind("teams", "team", identity_service_pb2.Team.DESCRIPTOR, ("name",)),
)
LISTS = ("contacts", "companies", "users", "activities", "contactImports")


@st.composite
def lives(draw: st.DrawFn, kind: Kind, ids: hostile.Ids) -> dict[str, Any]:
    """What happens to a record. Nothing here depends on answers, so that a failure can be made smaller."""
    record, change = (
        draw(hostile.bodies(kind.message, ids, required=kind.required)),
        draw(hostile.bodies(kind.message, ids)),
    )
    texts = [value for value in record.values() if isinstance(value, str)]
    return {
        "record": record,
        "change": change,
        "mask": draw(hostile.masks(kind.message, change)),
        # None: the right one.
        "etag": draw(st.none() | st.just("") | hostile.every_text),
        "delete_etag": draw(st.just("") | hostile.every_text),
        "word": draw(st.sampled_from([*texts, "a"]))[:200],
        "request_id": draw(hostile.request_ids),
    }


def live(world: World, kind: Kind, life: dict[str, Any]) -> None:
    """Create, read, change, find, delete, bring back."""
    made = world.ask(world.case("POST", f"/v1/{kind.path}", body=_creation(world, kind, life["record"])))
    record_id, etag = (made["id"], made["etag"]) if made else (world.ids[kind.path][0], "")
    one = f"/v1/{kind.path}/{{id}}"
    if kind.path != "teams":
        world.ask(world.case("GET", one, id=record_id))
    change = {**life["change"], "etag": etag if life["etag"] is None else life["etag"]}
    world.ask(world.case("PATCH", one, id=record_id, body={kind.field: change, "updateMask": life["mask"]}))
    if kind.undeletable:
        world.ask(world.case("GET", f"/v1/{kind.path}:search", query={"query": life["word"]}))
        subject = {"subjectType": f"SUBJECT_TYPE_{kind.field.upper()}", "subjectId": record_id}
        world.ask(world.case("GET", "/v1/activities", query=subject))
    if kind.path != "users":
        etags = {} if kind.path == "teams" else {"etag": life["delete_etag"]}
        world.ask(world.case("DELETE", one, id=record_id, query=etags))
    if kind.undeletable:
        world.ask(world.case("POST", f"{one}:undelete", id=record_id, body={"requestId": life["request_id"]}))


def _creation(world: World, kind: Kind, record: dict[str, Any]) -> dict[str, Any]:
    if kind.path == "users":
        return {"user": record, "password": "Xj3-vanilla-tram-91"}
    if kind.path == "notes":
        subject = {"subjectType": "SUBJECT_TYPE_CONTACT", "subjectId": world.ids["contacts"][0]}
        return {"note": {**subject, **record}}
    return {kind.field: record}


drawn = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.path)
def test_records_live_through_nonsense(kind: Kind, world: World) -> None:
    settings(drawn, max_examples=25)(
        given(st.data())(lambda data: live(world, kind, data.draw(lives(kind, world.ids))))
    )()


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.path)
def test_records_live_through_much_nonsense(kind: Kind, world: World) -> None:
    settings(drawn, max_examples=300)(
        given(st.data())(lambda data: live(world, kind, data.draw(lives(kind, world.ids))))
    )()


pages = st.fixed_dictionaries(
    {
        "filter": st.just("") | hostile.filters,
        "orderBy": st.just("") | hostile.orders,
        "pageSize": st.sampled_from((1, 1, 2, 0, 1000, 1001, -1, 2**31 - 1)),
        "showDeleted": st.booleans(),
        "count": st.booleans(),
    }
)
# Where a token is damaged and with what; and one that never was any.
damages = st.tuples(st.integers(0, 1000), st.text(max_size=3), hostile.every_text)


def ask_for_pages(world: World, name: str, page: dict[str, Any], damage: tuple[int, str, str]) -> None:
    """A page with a filter and an order that are often wrong, and the next one with tokens that mostly are."""
    known = {parameter.name for parameter in world.operation("GET", f"/v1/{name}").query}
    subject = {"subjectType": "SUBJECT_TYPE_CONTACT", "subjectId": world.ids["contacts"][0]}
    query = {name: value for name, value in {**page, **subject}.items() if name in known}
    first = world.ask(world.case("GET", f"/v1/{name}", query=query))
    token = (first or {}).get("nextPageToken") or "AAAA"
    place, put, foreign = damage
    damaged = token[: place % len(token)] + put + token[place % len(token) + 1 :]
    for given_token in (token, damaged, foreign):
        world.ask(world.case("GET", f"/v1/{name}", query={**query, "pageToken": given_token}))


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_any_filter_order_and_token(name: str, world: World) -> None:
    settings(drawn, max_examples=25)(
        given(pages, damages)(lambda page, damage: ask_for_pages(world, name, page, damage))
    )()


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", LISTS)
def test_lists_take_many_filters_orders_and_tokens(name: str, world: World) -> None:
    settings(drawn, max_examples=200)(
        given(pages, damages)(lambda page, damage: ask_for_pages(world, name, page, damage))
    )()


def import_it(world: World, content: bytes, options: dict[str, Any]) -> None:
    """Uploads a file, asks how it is understood, and tries it."""
    upload = world.case("POST", "/v1/files", query={"filename": "nonsense.csv"})
    upload.body, upload.media_type = content, "application/octet-stream"
    file = world.ask(upload)
    body = {"fileId": file["id"] if file else "", "options": options}
    world.ask(world.case("POST", "/v1/contactImports:preview", body=body))
    world.ask(world.case("POST", "/v1/contactImports", body={**body, "dryRun": True}))


def test_any_file_can_be_looked_at(world: World) -> None:
    settings(drawn, max_examples=30)(
        given(hostile.files, st.just({}) | hostile.import_options)(
            lambda content, options: import_it(world, content, options)
        )
    )()


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_very_many_files_can_be_looked_at(world: World) -> None:
    settings(drawn, max_examples=500)(
        given(hostile.files, st.just({}) | hostile.import_options)(
            lambda content, options: import_it(world, content, options)
        )
    )()


RPCS = [rpc for service in contracts.services() for rpc in service.rpcs]
# What a caller may be told. The others say that something on our side is broken.
REFUSALS = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}


def call_with(world: World, rpc: contracts.Rpc, data: bytes) -> None:
    """Calls an RPC through the gateway with bytes for a message."""
    method: Any = (world.channel.stream_unary if rpc.client_streaming else world.channel.unary_unary)(rpc.path)
    metadata = tuple((name.lower(), value) for name, value in world.headers().items())
    try:
        method(iter([data, data]) if rpc.client_streaming else data, CALL_SECONDS, metadata)
    except grpc.RpcError as error:
        assert error.code() in REFUSALS, f"{error.code()}: {error.details()}"


def any_bytes(world: World, rpc: contracts.Rpc) -> st.SearchStrategy[bytes]:
    return hostile.wire(Default().FindMessageTypeByName(rpc.input_type), world.ids)


@pytest.mark.parametrize("rpc", RPCS, ids=lambda rpc: rpc.name)
def test_no_bytes_break_an_rpc(rpc: contracts.Rpc, world: World) -> None:
    settings(drawn, max_examples=15)(given(any_bytes(world, rpc))(lambda data: call_with(world, rpc, data)))()


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("rpc", RPCS, ids=lambda rpc: rpc.name)
def test_no_bytes_break_an_rpc_ever(rpc: contracts.Rpc, world: World) -> None:
    settings(drawn, max_examples=200)(given(any_bytes(world, rpc))(lambda data: call_with(world, rpc, data)))()
