"""Where a call came from."""

from __future__ import annotations

from crmkit.context import Call

# Set by Envoy to the client's address, whatever the client sent under that name; the edge passes it on.
_HEADER = "x-envoy-external-address"


def source_address(call: Call) -> str:
    """The network address of the client; of the connection's other end for a call that came around the gateway."""
    given = call.metadata.get(_HEADER, "")
    if given:
        return given[:64]
    kind, _, rest = call.peer.partition(":")
    return rest.rpartition(":")[0] if kind in ("ipv4", "ipv6") else call.peer
