"""Renders Envoy's configuration from the contracts and the settings."""

from __future__ import annotations

from typing import Any

import yaml

from gateway.envoy.clusters import BUFFER_BYTES, clusters
from gateway.envoy.filters import http_filters
from gateway.envoy.replies import local_reply_config
from gateway.envoy.routes import virtual_host
from gateway.envoy.settings import EnvoySettings

_EXTENSIONS = "type.googleapis.com/envoy.extensions"
_HCM = f"{_EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager"
MAX_CONNECTIONS = 10_000
# Whoever is "inside" may steer Envoy by x-envoy headers. An empty list would mean all private addresses.
_NOBODY_INSIDE = {"cidr_ranges": [{"address_prefix": "255.255.255.255", "prefix_len": 32}]}
# Envoy's own lines in the form of everybody's: %j is the message, escaped for JSON.
_LOG_LINE = {"timestamp": "%Y-%m-%dT%T.%FZ", "level": "%l", "service": "gateway", "logger": "%n", "event": "%j"}
# Our expressions come from the contracts, not from users; one lists every path that takes a method.
_RUNTIME = {"re2": {"max_program_size": {"error_level": 10_000}}}


def render(settings: EnvoySettings) -> dict[str, Any]:
    """The bootstrap of Envoy (API v3) as plain values. Raises ValueError when a service has no target."""
    return {
        "node": {"id": "gateway", "cluster": "gateway"},
        "admin": {"address": _address("127.0.0.1", settings.envoy_admin_port)},
        "static_resources": {"listeners": [_front(settings), _metrics(settings)], "clusters": clusters(settings)},
        "application_log_config": {"log_format": {"json_format": _LOG_LINE}},
        "overload_manager": _overload(settings),
        "stats_config": {
            # Histograms a cluster and listener cost most of a scrape; these bounds suit requests in milliseconds.
            "histogram_bucket_settings": [
                {
                    "match": {"suffix": "_time"},
                    "buckets": [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 15000],
                }
            ]
        },
        "layered_runtime": {
            "layers": [{"name": "fixed", "static_layer": _RUNTIME}, {"name": "admin", "admin_layer": {}}]
        },
    }


def to_yaml(settings: EnvoySettings) -> str:
    """The same as the text of a file that `envoy -c` takes."""
    return yaml.safe_dump(render(settings), sort_keys=False, allow_unicode=True)


def _address(host: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}


def _front(settings: EnvoySettings) -> dict[str, Any]:
    return {
        "name": "front",
        "address": _address(settings.http_host, settings.http_port),
        "per_connection_buffer_limit_bytes": BUFFER_BYTES,
        "filter_chains": [{"filters": [{"name": "http", "typed_config": _front_manager(settings)}]}],
    }


def _front_manager(settings: EnvoySettings) -> dict[str, Any]:
    return {
        "@type": _HCM,
        "stat_prefix": "front",
        "codec_type": "AUTO",
        "use_remote_address": True,
        "xff_num_trusted_hops": settings.trusted_proxies,
        "internal_address_config": _NOBODY_INSIDE,
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "server_name": "peyvand",
        "always_set_request_id_in_response": True,
        "stream_idle_timeout": "60s",
        "request_headers_timeout": "10s",
        "drain_timeout": "5s",
        "delayed_close_timeout": "1s",
        "common_http_protocol_options": {
            "idle_timeout": "300s",
            "max_headers_count": 100,
            "headers_with_underscores_action": "REJECT_REQUEST",
        },
        "http2_protocol_options": {
            "max_concurrent_streams": 100,
            "initial_stream_window_size": 64 * 2**10,
            "initial_connection_window_size": 2**20,
        },
        # A trace begins here: what a client outside sends would decide what we keep.
        "early_header_mutation_extensions": [
            {
                "name": "envoy.http.early_header_mutation.header_mutation",
                "typed_config": {
                    "@type": f"{_EXTENSIONS}.http.early_header_mutation.header_mutation.v3.HeaderMutation",
                    "mutations": [{"remove": name} for name in ("traceparent", "tracestate", "baggage")],
                },
            }
        ],
        "tracing": _tracing(settings),
        "access_log": [_access_log()],
        "local_reply_config": local_reply_config(),
        "route_config": {
            "name": "front",
            "virtual_hosts": [virtual_host(settings)],
            "response_headers_to_add": _security_headers(settings),
            "validate_clusters": True,
        },
        "http_filters": http_filters(settings),
    }


def _security_headers(settings: EnvoySettings) -> list[dict[str, Any]]:
    headers = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "x-frame-options": "DENY",
        "cross-origin-resource-policy": "same-origin",
        # Pages bring their own; an answer of the API that is opened in a browser shows and loads nothing.
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    }
    if settings.https:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [
        {"header": {"key": key, "value": value}, "append_action": "ADD_IF_ABSENT"} for key, value in headers.items()
    ]


def _tracing(settings: EnvoySettings) -> dict[str, Any]:
    """Without a collector nothing is sent, but context travels and log lines carry trace ids."""
    tracer = {
        "@type": "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig",
        "service_name": "gateway",
        "grpc_service": {"envoy_grpc": {"cluster_name": "otlp"}, "timeout": "1s"},
    }
    share = 100 * settings.trace_sample_ratio if settings.otlp_endpoint else 0.0
    return {
        "random_sampling": {"value": share},
        "spawn_upstream_span": True,
        "provider": {"name": "envoy.tracers.opentelemetry", "typed_config": tracer},
    }


def _access_log() -> dict[str, Any]:
    """One JSON object a request. Paths without queries, which hold what people search for; ids of users, not names."""
    fields = {
        "timestamp": "%START_TIME%",
        "level": "info",
        "event": "request",
        "service": "gateway",
        "method": "%REQ(X-ENVOY-ORIGINAL-METHOD?:METHOD)%",
        "path": "%PATH(NQ:ORIG_OR_PATH):200%",
        "rpc": "%PATH(NQ:PATH):200%",
        "protocol": "%PROTOCOL%",
        "status": "%RESPONSE_CODE%",
        "grpc_status": "%GRPC_STATUS%",
        "duration_ms": "%DURATION%",
        "upstream_ms": "%RESPONSE_DURATION%",
        "bytes_in": "%BYTES_RECEIVED%",
        "bytes_out": "%BYTES_SENT%",
        "flags": "%RESPONSE_FLAGS%",
        "details": "%RESPONSE_CODE_DETAILS%",
        "upstream": "%UPSTREAM_CLUSTER%",
        "attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
        "user_id": "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:claims:sub)%",
        "client": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
        "request_id": "%REQ(X-REQUEST-ID)%",
        "trace_id": "%TRACE_ID%",
    }
    return {
        "name": "envoy.access_loggers.stdout",
        "typed_config": {
            "@type": f"{_EXTENSIONS}.access_loggers.stream.v3.StdoutAccessLog",
            "log_format": {"json_format": fields, "omit_empty_values": True},
        },
    }


def _metrics(settings: EnvoySettings) -> dict[str, Any]:
    """/stats/prometheus and nothing else of the admin interface."""
    route = {
        "match": {"path": "/stats/prometheus", "headers": [{"name": ":method", "string_match": {"exact": "GET"}}]},
        "route": {"cluster": "admin", "timeout": "10s"},
    }
    manager = {
        "@type": _HCM,
        "stat_prefix": "metrics",
        "internal_address_config": _NOBODY_INSIDE,
        "route_config": {"virtual_hosts": [{"name": "metrics", "domains": ["*"], "routes": [route]}]},
        "http_filters": [
            {
                "name": "envoy.filters.http.router",
                "typed_config": {"@type": f"{_EXTENSIONS}.filters.http.router.v3.Router"},
            }
        ],
    }
    return {
        "name": "metrics",
        "address": _address(settings.envoy_metrics_host, settings.envoy_metrics_port),
        "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
    }


def _overload(settings: EnvoySettings) -> dict[str, Any]:
    """Refuses work before memory runs out."""
    heap = "envoy.resource_monitors.fixed_heap"
    connections = "envoy.resource_monitors.global_downstream_max_connections"

    def action(name: str, threshold: float) -> dict[str, Any]:
        return {
            "name": f"envoy.overload_actions.{name}",
            "triggers": [{"name": heap, "threshold": {"value": threshold}}],
        }

    return {
        "refresh_interval": "0.25s",
        "resource_monitors": [
            {
                "name": heap,
                "typed_config": {
                    "@type": f"{_EXTENSIONS}.resource_monitors.fixed_heap.v3.FixedHeapConfig",
                    "max_heap_size_bytes": settings.gateway_heap_bytes,
                },
            },
            {
                "name": connections,
                "typed_config": {
                    "@type": f"{_EXTENSIONS}.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                    "max_active_downstream_connections": MAX_CONNECTIONS,
                },
            },
        ],
        "actions": [
            action("shrink_heap", 0.9),
            action("disable_http_keepalive", 0.92),
            action("stop_accepting_requests", 0.95),
            action("stop_accepting_connections", 0.98),
        ],
    }
