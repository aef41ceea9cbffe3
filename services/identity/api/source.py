"""Where a call came from."""

from __future__ import annotations

from crmkit.context import Call

# Set by Envoy to the client's address, whatever the client sent under that name; the edge passes it on.
_HEADER = "x-envoy-external-address"


# The edge passes on what the browser said; gRPC itself says something of its own under the usual name.
_AGENT_HEADERS = ("x-crm-user-agent", "user-agent")


def user_agent(call: Call) -> str:
    """What the client says it is, at most 300 characters; empty when it says nothing. For people to read, no more."""
    return next((given[:300] for name in _AGENT_HEADERS if (given := call.metadata.get(name, ""))), "")


def source_address(call: Call) -> str:
    """The network address of the client; of the connection's other end for a call that came around the gateway."""
    given = call.metadata.get(_HEADER, "")
    if given:
        return given[:64]
    kind, _, rest = call.peer.partition(":")
    return rest.rpartition(":")[0] if kind in ("ipv4", "ipv6") else call.peer
