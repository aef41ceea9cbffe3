"""`crm events`: the event logs of services, their replay, and what consumers have given up."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text for a person.")]
Since = Annotated[
    str | None, typer.Option(help="Only from then on: 2026-03-01, 2026-03-01T08:30Z, or an age such as 90m, 12h, 7d.")
]
Services = Annotated[list[str] | None, typer.Option("--service", help="May be given again. Default: every service.")]
Letters = Annotated[list[UUID] | None, typer.Argument(help="Ids of events, as `crm events dead-letters list` shows.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]

app = typer.Typer(
    help="Look into the event logs, publish them again, and deal with events that consumers could not apply.\n\n"
    "Works on the local stack; with CRM_DATABASE_URL set, on that database, whose service --service then names.",
    no_args_is_help=True,
)
letters = typer.Typer(help="Events that a consumer gave up after its last attempt.", no_args_is_help=True)
app.add_typer(letters, name="dead-letters")


@app.command("list")
def list_events(
    *,
    service: Services = None,
    aggregate: Annotated[UUID | None, typer.Option(help="Only of this record.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help='Only of this type, such as "contact.updated".')] = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most as many, the newest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show the newest events of the logs.

    Oldest first: what happened to which record, when and by whom. --json prints one object a line, with the states
    before and after.
    """
    from cli.events.run import show  # noqa: PLC0415 - each command loads what it needs: crm starts fast

    show(service, since, limit, as_json, aggregate_id=aggregate, event_type=type_)


@app.command()
def replay(
    service: Annotated[str, typer.Option(help="Whose events to publish again.")],
    since: Since = None,
) -> None:
    """Publish events again, from a service's log.

    Everything without --since. The service's relay does it, in order and before anything newer. Consumers skip what
    they have applied, so it does no harm. It refills a stream, and lets a new consumer see the past. `crm events
    forget` makes a consumer apply events anew.
    """
    from cli.events.run import replay as run  # noqa: PLC0415

    run(service, since)


@app.command()
def forget(
    consumer: Annotated[str, typer.Argument(help='Name of the consumer, such as "timeline".')],
    since: Since = None,
) -> None:
    """Make a consumer apply events anew when replayed.

    It forgets that it has applied them, or given them up as dead letters; `crm events replay` then brings them again.
    Empty what the consumer wrote first, unless its handler may see an event twice.
    """
    from cli.events.run import forget as run  # noqa: PLC0415

    run(consumer, since)


@letters.command("list")
def list_letters(
    service: Services = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most as many of each service.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show them, with the error of the last attempt."""
    from cli.events.run import show_letters  # noqa: PLC0415

    show_letters(service, limit, as_json)


@letters.command()
def retry(event_id: Letters = None, every: All = False, service: Services = None) -> None:
    """Give them back to their consumers, to be tried at once."""
    from cli.events.run import retry as run  # noqa: PLC0415

    run(event_id or [], every, service)


@letters.command()
def discard(event_id: Letters = None, every: All = False, service: Services = None) -> None:
    """Delete them for good: their consumers go without."""
    from cli.events.run import discard as run  # noqa: PLC0415

    run(event_id or [], every, service)
