"""What each process may say and hear at NATS: one user a service and one for the edge, each with the least it needs.

`crm nats-permissions` prints it for the configuration of a server; the local stack configures its own with it. What
permissions of subjects cannot keep apart, and what follows from it: docs/security.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crmkit.access_mirror import BUCKET
from crmkit.events.streams import stream_name

if TYPE_CHECKING:
    from crmkit.events.consumer import Consumer

# The name of the edge's user; a service's user has the name of the service.
EDGE = "edge"
# The one service that writes the bucket of rights.
WRITER = "identity"
# `permissions` of a user in the configuration of nats-server.
Permissions = dict[str, dict[str, list[str]]]
_STREAM_OF_BUCKET = f"KV_{BUCKET}"


def inbox_prefix(url: str) -> str:
    """Where the user of this address gets answers: below a name of its own, so that nobody else can listen."""
    user = urlsplit(url).username
    return f"_INBOX.{user}" if user else "_INBOX"


def roll_call_subject(service: str, last: str) -> str:
    """Where the processes of a service ask and answer who is there (crmkit.system.processes)."""
    return f"crm_system.{service}.{last}"


def permissions_of(service: str, consumers: Iterable[Consumer]) -> Permissions:
    """Of a service: its own events and stream, its roll calls, its consumers on the streams of others, and reading the
    bucket."""
    roll_call = roll_call_subject(service, ">")
    publish = [f"crm.{service}.>", *_own_stream(stream_name(service)), *_read_bucket(), roll_call]
    for source in sorted({consumer.source for consumer in consumers}):
        publish += _read_stream(source)
    subscribe = [f"_INBOX.{service}.>", roll_call]
    if service == WRITER:
        publish += _write_bucket()
        subscribe.append(f"crm.{service}.>")  # it looks at its own state again when one of its events passes by
    return _allow(publish, subscribe)


def edge_permissions() -> Permissions:
    """Of the edge: it hears every event for live updates, reads the bucket, and says nothing."""
    return _allow(_read_bucket(), [f"_INBOX.{EDGE}.>", "crm.>"])


def _allow(publish: list[str], subscribe: list[str]) -> Permissions:
    return {"publish": {"allow": publish}, "subscribe": {"allow": subscribe}}


def _own_stream(stream: str) -> list[str]:
    return [f"$JS.API.STREAM.{verb}.{stream}" for verb in ("INFO", "CREATE", "UPDATE", "MSG.GET")]


def _read_stream(source: str) -> list[str]:
    """Its consumers have a new name for each reading (crmkit.events.pull), so readers of one stream are not kept
    apart: one could end another's reading, which then begins anew from its own position."""
    stream = stream_name(source)
    return [
        f"$JS.API.STREAM.INFO.{stream}",
        f"$JS.API.STREAM.MSG.GET.{stream}",
        f"$JS.API.CONSUMER.CREATE.{stream}.*.crm.{source}.*.>",
        *(f"$JS.API.CONSUMER.{verb}.{stream}.*" for verb in ("DELETE", "INFO", "MSG.NEXT")),
        # Acknowledgements name the consumer in one of two places (server ADR-15).
        f"$JS.ACK.{stream}.>",
        f"$JS.ACK.*.*.{stream}.>",
    ]


def _read_bucket() -> list[str]:
    """Watching: an ordered consumer that the server names."""
    stream = _STREAM_OF_BUCKET
    return [
        f"$JS.API.STREAM.INFO.{stream}",
        f"$JS.API.CONSUMER.CREATE.{stream}",
        f"$JS.API.CONSUMER.INFO.{stream}.*",
        f"$JS.FC.{stream}.>",
    ]


def _write_bucket() -> list[str]:
    stream = _STREAM_OF_BUCKET
    return [
        f"$KV.{BUCKET}.>",
        f"$JS.API.STREAM.CREATE.{stream}",
        f"$JS.API.STREAM.PURGE.{stream}",
        f"$JS.API.STREAM.MSG.GET.{stream}",
    ]
