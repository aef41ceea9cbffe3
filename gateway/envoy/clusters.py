"""Whom the gateway talks to, and how it notices that somebody is not well."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import certifi

from gateway import contracts
from gateway.envoy.settings import EnvoySettings
from gateway.targets import parse_target

# Bytes Envoy holds for one connection before it stops reading from the other side.
BUFFER_BYTES = 32 * 2**10
# Calls on one connection to a service. A service of several processes shares one port, and the kernel gives
# each a share of the connections: few calls a connection spread the load evenly.
CALLS_PER_CONNECTION = 16
# Requests one process behind the gateway gets, or may be waiting for, at a time; what comes beyond is refused at once.
MAX_REQUESTS = 1024
_STRICT_DNS = {
    "name": "envoy.cluster.strict_dns",
    "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.clusters.dns.v3.DnsCluster",
        "dns_lookup_family": "V4_PREFERRED",
        "dns_refresh_rate": "5s",
        "dns_failure_refresh_rate": {"base_interval": "1s", "max_interval": "5s"},
    },
}
_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def clusters(settings: EnvoySettings) -> list[dict[str, Any]]:
    """A cluster a process of the contracts, the edge, Envoy's own admin, and the trace collector."""
    missing = [domain for domain in contracts.domains() if domain not in settings.targets]
    if missing:
        raise ValueError(f"CRM_TARGETS lacks {', '.join(missing)}")
    found = [_service(domain, settings.targets[domain]) for domain in contracts.domains()]
    found.append(_edge(settings.edge_target))
    found.append(_cluster("admin", f"127.0.0.1:{settings.envoy_admin_port}"))
    found.append(_collector(settings))
    return found


def _collector(settings: EnvoySettings) -> dict[str, Any]:
    """Envoy's tracer wants a collector even when nothing is sampled; without one the cluster is empty."""
    if settings.otlp_endpoint:
        target = settings.otlp_endpoint.removeprefix("https://")
        found = {**_cluster("otlp", target), **_http2({})}
        if target != settings.otlp_endpoint:
            found["transport_socket"] = _tls(parse_target(target)[0], settings.otlp_ca_file or certifi.where())
        return found
    return {"name": "otlp", "type": "STATIC", "load_assignment": {"cluster_name": "otlp"}, **_http2({})}


def _tls(host: str, ca_file: str) -> dict[str, Any]:
    """TLS to a host whose certificate one of the authorities in a PEM file has signed for its name."""
    kind = "IP_ADDRESS" if _is_address(host) else "DNS"
    validation = {
        "trusted_ca": {"filename": ca_file},
        "match_typed_subject_alt_names": [{"san_type": kind, "matcher": {"exact": host}}],
    }
    context = {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        "common_tls_context": {"validation_context": validation, "alpn_protocols": ["h2"]},
        **({} if kind == "IP_ADDRESS" else {"sni": host}),
    }
    return {"name": "envoy.transport_sockets.tls", "typed_config": context}


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _service(domain: str, target: str) -> dict[str, Any]:
    check = {
        "timeout": "1s",
        "interval": "2s",
        "interval_jitter": "0.2s",
        "no_traffic_healthy_interval": "2s",
        # Whoever comes back gets calls at once, and also who starts after the gateway (there was no traffic yet).
        "unhealthy_interval": "0.2s",
        "no_traffic_interval": "0.2s",
        "unhealthy_threshold": 2,
        "healthy_threshold": 1,
        "grpc_health_check": {},
    }
    return {
        **_cluster(domain, target),
        **_http2({"max_concurrent_streams": CALLS_PER_CONNECTION}),
        **_guards(),
        "health_checks": [check],
    }


def _edge(target: str) -> dict[str, Any]:
    return {**_cluster("edge", target), **_guards()}


def _cluster(name: str, target: str) -> dict[str, Any]:
    host, port = parse_target(target)
    address = {"socket_address": {"address": host, "port_value": port}}
    return {
        "name": name,
        "cluster_type": _STRICT_DNS,
        "connect_timeout": "2s",
        "lb_policy": "ROUND_ROBIN",
        "per_connection_buffer_limit_bytes": BUFFER_BYTES,
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}],
        },
    }


def _http2(options: dict[str, Any]) -> dict[str, Any]:
    protocol = {
        "@type": f"type.googleapis.com/{_OPTIONS}",
        "explicit_http_config": {"http2_protocol_options": options},
    }
    return {"typed_extension_protocol_options": {_OPTIONS: protocol}}


def _guards() -> dict[str, Any]:
    thresholds = {
        "max_connections": MAX_REQUESTS,
        "max_pending_requests": MAX_REQUESTS,
        "max_requests": MAX_REQUESTS,
        # Envoy's own default of 3 concurrent retries would be none at all under load.
        "retry_budget": {"budget_percent": {"value": 20.0}, "min_retry_concurrency": 3},
        "track_remaining": True,
    }
    return {
        # Without panic a service whose every host is down is refused at once, not tried again and again.
        "common_lb_config": {"healthy_panic_threshold": {"value": 0.0}},
        "circuit_breakers": {"thresholds": [thresholds]},
        "outlier_detection": {
            "consecutive_5xx": 10,
            "consecutive_gateway_failure": 5,
            "enforcing_consecutive_gateway_failure": 100,
            "interval": "5s",
            "base_ejection_time": "10s",
            "max_ejection_time": "60s",
            "max_ejection_percent": 50,
            # Who answers the question for health and fails its calls would be back after every such answer.
            "successful_active_health_check_uneject_host": False,
        },
    }
