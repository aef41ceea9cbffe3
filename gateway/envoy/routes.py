"""Which request goes where: edge, transcoded RPC, native gRPC, or nowhere."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from gateway import contracts, offers
from gateway.contracts import GrpcService, Rpc
from gateway.envoy.filters import body_limit_off, compression_off, rate_limit_per_address, transcoding_off
from gateway.envoy.settings import EnvoySettings

UNARY_TIMEOUT = "15s"
# From the first byte of a request to the last of its answer. A deadline begins when the request is whole, and a client
# that sends a byte now and then is not idle.
LONGEST_EXCHANGE = "75s"
# A native gRPC client may ask for more time by grpc-timeout, up to this.
LONGEST_UNARY = "60s"
STREAM_IDLE_TIMEOUT = "60s"
SIGN_IN = "/crm.identity.v1.SessionService/SignIn"
# The contract's limit of a file for an import.
MAX_FILE_BYTES = 2**30

Route = dict[str, Any]


def virtual_host(settings: EnvoySettings) -> dict[str, Any]:
    """All routes. Requests to RPCs are matched twice: as they came, and with the gRPC path after transcoding."""
    routes = [
        *_edge_routes(settings),
        *_grpc_routes(settings),
        *_wrong_verb_routes(),
        *_nowhere_routes(),
        _to_edge("prefix", "/"),
    ]
    return {
        "name": "all",
        "domains": ["*"],
        "routes": routes,
        "typed_per_filter_config": rate_limit_per_address(
            "per_address", settings.rate_limit, 2 * settings.rate_limit, "1s"
        ),
    }


def _edge_routes(settings: EnvoySettings) -> list[Route]:
    return [
        _to_edge("path", "/auth/signIn", filters={**_sign_in_limit(settings), **compression_off()}),
        _to_edge("prefix", "/auth/", filters=compression_off()),
        _to_edge("path", "/v1/live", streams=True, filters=compression_off()),
        _too_large("/v1/files"),
        _to_edge("path", "/v1/files", streams=True),
        *(_to_edge("path", export.path, streams=True) for export in offers.exports()),
        *(_to_edge("safe_regex", {"regex": _regex(one.path)}, streams=True) for one in offers.rejections()),
        _to_edge("path", "/v1/search"),
        _to_edge("prefix", "/v1/system/"),
    ]


def _regex(path: str) -> str:
    """The regular expression of an address with `{id}` in it."""
    return re.escape(path).replace(re.escape("{id}"), "[^/]+")


def _sign_in_limit(settings: EnvoySettings) -> dict[str, Any]:
    """Guessing passwords costs us more than the guesser: each is hashed. Every way to sign in has its own bucket."""
    return rate_limit_per_address("sign_in", settings.sign_in_rate_limit, settings.sign_in_rate_limit, "60s")


def _too_large(path: str) -> Route:
    """A file whose size is told and too large is refused before a byte of it is read; the edge counts the others."""
    length = {"name": "content-length", "range_match": {"start": MAX_FILE_BYTES + 1, "end": 2**62}}
    return {
        "match": {"path": path, "headers": [length]},
        "direct_response": {"status": 413},
        "typed_per_filter_config": {**transcoding_off(), **body_limit_off()},
    }


def _to_edge(kind: str, value: Any, *, streams: bool = False, filters: dict[str, Any] | None = None) -> Route:
    action: dict[str, Any] = {"cluster": "edge", "timeout": "0s" if streams else UNARY_TIMEOUT}
    own = {**transcoding_off(), **(filters or {})}
    if streams:
        action["idle_timeout"] = STREAM_IDLE_TIMEOUT
        own |= body_limit_off()
    else:
        action["max_stream_duration"] = {"max_stream_duration": LONGEST_EXCHANGE}
    return {"match": {kind: value}, "route": action, "typed_per_filter_config": own}


def _grpc_routes(settings: EnvoySettings) -> list[Route]:
    """One route a service, preceded by one for each RPC that may be repeated, streams, or signs in."""
    routes = []
    for service in contracts.services():
        if any(rpc.path == SIGN_IN for rpc in service.rpcs):
            limit = {"typed_per_filter_config": {**_sign_in_limit(settings), **compression_off()}}
            routes.append({**_to_service(service, {"path": SIGN_IN}, _unary()), **limit})
        special = [rpc for rpc in service.rpcs if rpc.read_only or rpc.streaming]
        routes += [_to_rpc(service, rpc) for rpc in special]
        routes.append(_to_service(service, {"prefix": f"/{service.full_name}/"}, _unary()))
    return routes


def _to_rpc(service: GrpcService, rpc: Rpc) -> Route:
    if rpc.streaming:
        route = _to_service(service, {"path": rpc.path}, {"timeout": "0s", "idle_timeout": STREAM_IDLE_TIMEOUT})
        return {**route, "typed_per_filter_config": body_limit_off()}
    return _to_service(service, {"path": rpc.path}, {**_unary(), "retry_policy": _retry_policy()})


def _unary() -> dict[str, Any]:
    return {"timeout": UNARY_TIMEOUT, "max_stream_duration": {"grpc_timeout_header_max": LONGEST_UNARY}}


def _retry_policy() -> dict[str, Any]:
    """For RPCs that write nothing, once, on another host where there is one, within the cluster's retry budget."""
    return {
        # UNAVAILABLE, and the ways in which a request provably never reached a service.
        "retry_on": "unavailable,connect-failure,refused-stream,reset-before-request",
        "num_retries": 1,
        "retry_host_predicate": [
            {
                "name": "envoy.retry_host_predicates.previous_hosts",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
                },
            }
        ],
        "host_selection_retry_max_attempts": 3,
        "retry_back_off": {"base_interval": "0.025s", "max_interval": "0.25s"},
    }


def _to_service(service: GrpcService, match: dict[str, Any], action: dict[str, Any]) -> Route:
    timeout = action["timeout"]
    route: Route = {
        "match": match,
        "route": {"cluster": service.domain, **action},
        # Cookies end here: services know bearer tokens only.
        "request_headers_to_remove": ["cookie"],
        "response_headers_to_add": [
            {"header": {"key": "cache-control", "value": "no-store"}, "append_action": "ADD_IF_ABSENT"}
        ],
    }
    if timeout != "0s":
        deadline = {"key": "grpc-timeout", "value": timeout.upper()}
        route["request_headers_to_add"] = [{"header": deadline, "append_action": "ADD_IF_ABSENT"}]
    return route


def path_regex(template: str) -> str:
    """The regular expression of a path template: "/v1/contacts/{id}:undelete"."""
    # A variable ends before a slash, and before the colon of a verb.
    return "".join("[^/:]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", template))


def _wrong_verb_routes() -> list[Route]:
    """405 with Allow for a path of the contracts and a method it does not have."""
    verbs: dict[str, set[str]] = defaultdict(set)
    for service in contracts.services():
        for rpc in service.rpcs:
            if rpc.http:
                verbs[path_regex(rpc.http.template)].add(rpc.http.verb)
    paths: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for pattern, allowed in verbs.items():
        paths[tuple(sorted(allowed))].add(pattern)
    return [_wrong_verb(allowed, patterns) for allowed, patterns in sorted(paths.items())]


def _wrong_verb(allowed: tuple[str, ...], patterns: set[str]) -> Route:
    method = {"name": ":method", "string_match": {"safe_regex": {"regex": "|".join(allowed)}}, "invert_match": True}
    return {
        "match": {"safe_regex": {"regex": "|".join(sorted(patterns))}, "headers": [method]},
        "direct_response": {"status": 405},
        "response_headers_to_add": [{"header": {"key": "allow", "value": ", ".join(allowed)}}],
        "typed_per_filter_config": transcoding_off(),
    }


def _nowhere_routes() -> list[Route]:
    """What must not fall through to the edge: unknown RPCs, and gRPC calls of paths of the JSON API."""
    grpc = {"name": "content-type", "string_match": {"prefix": "application/grpc"}}
    nowhere = {"status": 404, "body": {"inline_string": "There is nothing at this address."}}
    return [
        {"match": {"prefix": "/", "headers": [grpc]}, "direct_response": nowhere},
        _waiting_room(),
        {"match": {"prefix": "/crm."}, "direct_response": nowhere},
    ]


def _waiting_room() -> Route:
    """Where a JSON call is until its body is whole and it becomes an RPC; what never becomes one, the edge refuses.

    Routes of RPCs cannot bound how long a body takes: Envoy would make that the deadline of the call.
    """
    longest = {"max_stream_duration": LONGEST_EXCHANGE}
    return {
        "match": {"prefix": "/v1/"},
        "route": {"cluster": "edge", "timeout": UNARY_TIMEOUT, "max_stream_duration": longest},
        "request_headers_to_remove": ["cookie"],
    }
