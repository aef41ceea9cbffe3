"""The HTTP filters of the front door, in the order in which a request meets them."""

from __future__ import annotations

import base64
from typing import Any

from google.protobuf import any_pb2, duration_pb2
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.rpc import error_details_pb2, status_pb2

from crmkit.tokens import AUDIENCE, ISSUER
from gateway import contracts
from gateway.envoy.settings import EnvoySettings
from gateway.envoy.strict import script

ACCESS_COOKIE = "crm_access"
# Largest JSON body of an RPC; files go to the edge, which takes them as a stream.
MAX_REQUEST_BYTES = 4 * 2**20
# gRPC servers send messages of at most 4 MiB; as JSON with field names they grow.
MAX_RESPONSE_BYTES = 32 * 2**20
# Client addresses whose rate is known at a time; the least recently seen is forgotten.
MAX_RATE_LIMITED_CLIENTS = 10_000
_ONE_CLIENT = {"v4_prefix_mask_len": 32, "v6_prefix_mask_len": 64}

_HTTP = "type.googleapis.com/envoy.extensions.filters.http"
_METADATA = "crm"


def http_filters(settings: EnvoySettings) -> list[dict[str, Any]]:
    """Cheapest refusal first; the transcoder next to the router, so that everything before it sees HTTP."""
    return [
        _rate_limit(),
        _csrf(settings),
        _cookie_to_metadata(),
        _metadata_to_authorization(),
        _jwt(settings),
        _body_limit(),
        _strict_json(),
        _compressor("brotli", "envoy.extensions.compression.brotli.compressor.v3.Brotli"),
        _compressor("gzip", "envoy.extensions.compression.gzip.compressor.v3.Gzip"),
        _transcoder(),
        {
            "name": "envoy.filters.http.router",
            "typed_config": {"@type": f"{_HTTP}.router.v3.Router", "suppress_envoy_headers": True},
        },
    ]


def transcoding_off() -> dict[str, Any]:
    """Per-route configuration: the request is HTTP by nature, or native gRPC."""
    # Without services the filter is off; Envoy wants the field of the contracts all the same.
    off = {"@type": f"{_HTTP}.grpc_json_transcoder.v3.GrpcJsonTranscoder", "proto_descriptor": ""}
    return {"envoy.filters.http.grpc_json_transcoder": off}


def body_limit_off() -> dict[str, Any]:
    """Per-route configuration: the body is a stream, counted by who reads it."""
    return {"envoy.filters.http.buffer": {"@type": f"{_HTTP}.buffer.v3.BufferPerRoute", "disabled": True}}


def compression_off() -> dict[str, Any]:
    """Per-route configuration: nothing secret is compressed beside what a caller chose (BREACH)."""
    per_route = {"@type": f"{_HTTP}.compressor.v3.CompressorPerRoute", "disabled": True}
    return {f"envoy.filters.http.compressor.{name}": per_route for name in ("brotli", "gzip")}


def rate_limit_per_address(prefix: str, tokens: int, burst: int, interval: str) -> dict[str, Any]:
    """Per-route configuration: a token bucket for each client address, `tokens` every `interval`.

    Of IPv6 for each network of 64 bits, as in the lock-out of identity: one household has that many addresses.
    """
    bucket = {"max_tokens": burst, "tokens_per_fill": tokens, "fill_interval": interval}
    everything = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    return {
        "envoy.filters.http.local_ratelimit": {
            "@type": f"{_HTTP}.local_ratelimit.v3.LocalRateLimit",
            "stat_prefix": prefix,
            # The bucket of clients beyond those that are told apart; Envoy wants one.
            "token_bucket": bucket,
            "always_consume_default_token_bucket": False,
            "max_dynamic_descriptors": MAX_RATE_LIMITED_CLIENTS,
            "rate_limits": [{"actions": [{"masked_remote_address": _ONE_CLIENT}]}],
            # No value: a bucket of its own for every value that comes.
            "descriptors": [{"entries": [{"key": "masked_remote_address"}], "token_bucket": bucket}],
            "filter_enabled": everything,
            "filter_enforced": everything,
            "enable_x_ratelimit_headers": "DRAFT_VERSION_03",
            "rate_limited_as_resource_exhausted": True,
            "response_headers_to_add": [
                {
                    "header": {"key": "retry-after", "value": interval.rstrip("s")},
                    "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
                }
            ],
        }
    }


def _rate_limit() -> dict[str, Any]:
    return {
        "name": "envoy.filters.http.local_ratelimit",
        "typed_config": {"@type": f"{_HTTP}.local_ratelimit.v3.LocalRateLimit", "stat_prefix": "off"},
    }


def _header_given(name: str, pattern: str = ".+") -> dict[str, Any]:
    return {
        "single_predicate": {
            "input": {
                "name": name,
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
                    "header_name": name,
                },
            },
            "value_match": {"safe_regex": {"google_re2": {}, "regex": pattern}},
        }
    }


def _csrf(settings: EnvoySettings) -> dict[str, Any]:
    """A browser's writes must come from our own pages.

    A request with a bearer token needs no such check, as no other site can make a browser send one (other kinds of
    Authorization it can: a browser takes them from an address); nor does one without both cookies and Origin, which no
    browser sends.
    """
    by_browser = {"or_matcher": {"predicate": [_header_given("origin"), _header_given("cookie")]}}
    exempt = {
        "or_matcher": {"predicate": [_header_given("authorization", "(?i)bearer .+"), {"not_matcher": by_browser}]}
    }
    skip = {
        "name": "skip",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.common.matcher.action.v3.SkipFilter"},
    }
    return {
        "name": "envoy.filters.http.csrf",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher",
            "extension_config": {
                "name": "envoy.filters.http.csrf",
                "typed_config": {
                    "@type": f"{_HTTP}.csrf.v3.CsrfPolicy",
                    "filter_enabled": {"default_value": {"numerator": 100, "denominator": "HUNDRED"}},
                    # Envoy compares hosts with ports, not schemes.
                    "additional_origins": [{"exact": origin.split("://")[-1]} for origin in _origins(settings)],
                },
            },
            "xds_matcher": {"matcher_list": {"matchers": [{"predicate": exempt, "on_match": {"action": skip}}]}},
        },
    }


def _origins(settings: EnvoySettings) -> tuple[str, ...]:
    """The public address counts even when a proxy in front changes the Host header."""
    return (settings.public_url, *settings.trusted_origins)


def _cookie_to_metadata() -> dict[str, Any]:
    """Notes the access cookie as the value of an Authorization header."""
    rule = {
        "cookie": ACCESS_COOKIE,
        "on_header_present": {
            "metadata_namespace": _METADATA,
            "key": "authorization",
            "regex_value_rewrite": {"pattern": {"regex": "^(.*)$"}, "substitution": r"Bearer \1"},
        },
    }
    return {
        "name": "envoy.filters.http.header_to_metadata",
        "typed_config": {"@type": f"{_HTTP}.header_to_metadata.v3.Config", "request_rules": [rule]},
    }


def _metadata_to_authorization() -> dict[str, Any]:
    """Services read one place only: a cookie becomes the Authorization header, and no cookie travels further.

    The refresh token lives in a cookie too, so cookies are kept on the way to the edge (see routes).
    """
    append = {
        "header": {"key": "authorization", "value": f"%DYNAMIC_METADATA({_METADATA}:authorization)%"},
        "append_action": "ADD_IF_ABSENT",
        "keep_empty_value": False,
    }
    return {
        "name": "envoy.filters.http.header_mutation",
        "typed_config": {
            "@type": f"{_HTTP}.header_mutation.v3.HeaderMutation",
            "mutations": {"request_mutations": [{"append": append}]},
        },
    }


def _jwt(settings: EnvoySettings) -> dict[str, Any]:
    """Signature, issuer, audience and time of the access token; services check them again by themselves."""
    public = [{"match": {"path": rpc.path}} for service in contracts.services() for rpc in service.rpcs if rpc.public]
    guarded = [{"match": {"prefix": prefix}, "requires": {"provider_name": "crm"}} for prefix in ("/v1/", "/crm.")]
    provider = {
        "issuer": ISSUER,
        "audiences": [AUDIENCE],
        "require_expiration": True,
        "local_jwks": {"filename": str(settings.jwks_file.absolute())},
        "from_headers": [{"name": "authorization", "value_prefix": "Bearer "}],
        "forward": True,
        "payload_in_metadata": "claims",
        "clock_skew_seconds": 5,
        "jwt_cache_config": {"jwt_cache_size": 10_000},
    }
    return {
        "name": "envoy.filters.http.jwt_authn",
        "typed_config": {
            "@type": f"{_HTTP}.jwt_authn.v3.JwtAuthentication",
            "providers": {"crm": provider},
            "rules": [*public, *guarded],
        },
    }


def _body_limit() -> dict[str, Any]:
    """Holds the body until it is whole, or refuses it; the transcoder alone would pass any size on piece by piece."""
    return {
        "name": "envoy.filters.http.buffer",
        "typed_config": {"@type": f"{_HTTP}.buffer.v3.Buffer", "max_request_bytes": MAX_REQUEST_BYTES},
    }


def _strict_json() -> dict[str, Any]:
    """Refuses unknown fields of a JSON body, which the transcoder would drop in silence."""
    return {
        "name": "envoy.filters.http.lua",
        "typed_config": {"@type": f"{_HTTP}.lua.v3.Lua", "default_source_code": {"inline_string": script()}},
    }


def _compressor(name: str, library: str) -> dict[str, Any]:
    types = ["application/json", "text/html", "text/css", "text/csv", "text/javascript", "image/svg+xml"]
    return {
        "name": f"envoy.filters.http.compressor.{name}",
        "typed_config": {
            "@type": f"{_HTTP}.compressor.v3.Compressor",
            "compressor_library": {"name": name, "typed_config": {"@type": f"type.googleapis.com/{library}"}},
            "response_direction_config": {
                "common_config": {
                    "min_content_length": 860,
                    "content_type_matcher": [{"prefix": kind} for kind in types],
                },
            },
            "choose_first": name == "brotli",
        },
    }


def _transcoder() -> dict[str, Any]:
    return {
        "name": "envoy.filters.http.grpc_json_transcoder",
        "typed_config": {
            "@type": f"{_HTTP}.grpc_json_transcoder.v3.GrpcJsonTranscoder",
            "proto_descriptor_bin": base64.b64encode(transcoder_descriptors()).decode(),
            "services": [service.full_name for service in contracts.services()],
            # A client gets every field of a resource, so `"primary": false` and `"createdCount": "0"` are there.
            "print_options": {"always_print_primitive_fields": True},
            "convert_grpc_status": True,
            "request_validation_options": {
                "reject_unknown_method": True,
                "reject_unknown_query_parameters": True,
                # Otherwise an id in the body would win over the one in the path.
                "reject_binding_body_field_collisions": True,
            },
            "query_param_unescape_plus": True,
            "max_request_body_size": MAX_REQUEST_BYTES,
            "max_response_body_size": MAX_RESPONSE_BYTES,
        },
    }


def transcoder_descriptors() -> bytes:
    """The contracts without comments, with the types of error details: the transcoder can print only what it knows."""
    files: dict[str, FileDescriptorProto] = {}
    for file in contracts.descriptor_set().file:
        copy = FileDescriptorProto()
        copy.CopyFrom(file)
        copy.ClearField("source_code_info")
        files[file.name] = copy
    for module in (any_pb2, duration_pb2, status_pb2, error_details_pb2):
        _add_with_imports(module.DESCRIPTOR, files)
    return FileDescriptorSet(file=files.values()).SerializeToString(deterministic=True)


def _add_with_imports(file: FileDescriptor, files: dict[str, FileDescriptorProto]) -> None:
    if file.name in files:
        return
    for needed in file.dependencies:
        _add_with_imports(needed, files)
    proto = FileDescriptorProto()
    file.CopyToProto(proto)
    files[file.name] = proto
