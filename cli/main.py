"""The `crm` command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.events import app as events
from cli.exits import USAGE, fail

app = typer.Typer(
    name="crm",
    help="Peyvand, a customer relationship system made of gRPC services.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage or setting, 3 the local stack is not running.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(events, name="events")

GatewayAddress = Annotated[
    str, typer.Option("--url", envvar="CRM_URL", help="Address of the gateway. Default: the local stack's.")
]
BearerToken = Annotated[
    str, typer.Option("--token", envvar="CRM_TOKEN", help="Access token. Default: the local stack's administrator.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text for a person.")]


@app.command()
def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Add demo data in four languages once everything serves.")
    ] = False,
) -> None:
    """Run the whole system on this machine, until Ctrl-C.

    Starts PostgreSQL, NATS, every service, the edge and Envoy, brings the databases up to date, and prints the address
    and the administrator's first password. A process that dies is restarted. Data, secrets and logs lie in .crm/.
    """
    # Health checks make gRPC start threads; its fork handlers would print a warning for every process we start.
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"
    from cli.stack.settings import StackSettings  # noqa: PLC0415 - each command loads what it needs: crm starts fast
    from cli.stack.up import up as run  # noqa: PLC0415
    from crmkit.settings import load  # noqa: PLC0415

    raise typer.Exit(run(load(StackSettings), demo))


@app.command()
def serve(
    service: Annotated[
        str, typer.Argument(help="contacts, identity, activities, or any folder of services/; or edge.")
    ],
    role: Annotated[
        Literal["api", "worker", "all"],
        typer.Option(help="api answers calls; worker publishes events, consumes them and does jobs; all does both."),
    ] = "all",
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes on one port, for more cores. Default CRM_WORKERS.")
    ] = None,
) -> None:
    """Serve one part of the system, until SIGTERM; then drain and end.

    Its settings are CRM_* variables: see `crm settings`.
    """
    if workers is not None:
        os.environ["CRM_WORKERS"] = str(workers)
    if service == "edge":
        from gateway.edge.serve import run as run_edge  # noqa: PLC0415

        raise typer.Exit(run_edge())
    from crmkit.serve import run  # noqa: PLC0415

    try:
        code = run(service, role)
    except ModuleNotFoundError as error:
        if error.name not in (f"services.{service}", f"services.{service}.service"):
            raise
        from cli.stack.settings import services  # noqa: PLC0415

        fail(f"there is no service {service!r}; there are {', '.join(services())} and edge", USAGE)
    raise typer.Exit(code)


@app.command()
def migrate(
    services: Annotated[list[str] | None, typer.Argument(help="Default: every service.")] = None,
    admin_email: Annotated[
        str, typer.Option(envvar="CRM_ADMIN_EMAIL", help="Address of the first administrator.")
    ] = "admin@example.com",
    admin_password_file: Annotated[
        Path | None,
        typer.Option(
            envvar="CRM_ADMIN_PASSWORD_FILE",
            help="File with the first administrator's password, who is created where identity has no user yet.",
        ),
    ] = None,
) -> None:
    """Bring databases to the newest version; does nothing where they are.

    With CRM_DATABASE_URL set, of the one service named; else of the local stack.
    """
    from cli.stack.migrate import migrate as run  # noqa: PLC0415

    run(services or [], admin_email, admin_password_file)


@app.command()
def nats_permissions() -> None:
    """Print what each process may do at NATS: a user a service and one for the edge, as JSON for its configuration."""
    import json  # noqa: PLC0415

    from cli.stack.settings import services  # noqa: PLC0415
    from crmkit.broker import EDGE, edge_permissions, permissions_of  # noqa: PLC0415
    from crmkit.serve import load_service  # noqa: PLC0415

    users = {name: permissions_of(name, load_service(name).consumers) for name in services()}
    typer.echo(json.dumps({**users, EDGE: edge_permissions()}, indent=2))


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show every process of the local stack: health, version, port, memory, uptime and restarts.

    Ends with 1 when one is not healthy, with 3 when the stack is not running.
    """
    from cli.stack.status import status as run  # noqa: PLC0415

    raise typer.Exit(run(as_json))


@app.command()
def token(
    email: Annotated[str, typer.Option(help="Address of the user the token is for.")] = "admin@example.com",
) -> None:
    """Print an access token of a user of the local stack, alone on standard output; valid 10 minutes.

    curl -H "Authorization: Bearer $(crm token)" http://localhost:8080/v1/me
    """
    from cli.token import token as make  # noqa: PLC0415

    typer.echo(make(email))


@app.command()
def demo() -> None:
    """Add demo data in four languages to the local stack; what is there already is left alone."""
    from cli.stack.demo import demo as run  # noqa: PLC0415

    run()


@app.command(name="import")
def import_(  # noqa: PLR0917 - typer makes options of parameters
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or TSV, at most 1 GiB.")],
    region: Annotated[
        str, typer.Option(help="Country of telephone numbers without country code, such as IR. Default: the system's.")
    ] = "",
    locale: Annotated[
        str, typer.Option(help="Language of the people and dates in the file, such as fa. Default: found out.")
    ] = "",
    mode: Annotated[
        Literal["create", "update", "both"],
        typer.Option(help="create leaves known contacts alone; update rejects unknown ones; both does both."),
    ] = "both",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count and reject, and change nothing.")] = False,
    as_json: AsJson = False,
    url: GatewayAddress = "",
    bearer: BearerToken = "",
) -> None:
    """Import contacts from a file of another system.

    Encoding, delimiter and columns are found out; rows are matched with contacts by e-mail address, then by telephone
    number; rows that cannot be imported are listed with their reason and the rest goes in. With --json the last line is
    {"created": n, "updated": n, "unchanged": n, "rejected": [{"record": n, "column": c, "reason": r}]}, where the first
    data record is 1 and column is null when the record as a whole is at fault.
    """
    from cli.gateway import connect  # noqa: PLC0415
    from cli.imports import import_file  # noqa: PLC0415

    gateway = connect(url, bearer)
    import_file(gateway, file, region=region, locale=locale, mode=mode, dry_run=dry_run, as_json=as_json)


@app.command()
def export(
    filter_text: Annotated[str, typer.Option("--filter", help='Which contacts: source = "web". Default: all.')] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Default: standard output.")] = None,
    url: GatewayAddress = "",
    bearer: BearerToken = "",
) -> None:
    """Export contacts as CSV, UTF-8, for a spreadsheet or `crm import`.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it, which `crm import` takes off again.
    """
    from cli.gateway import connect  # noqa: PLC0415
    from cli.imports import export_contacts  # noqa: PLC0415

    export_contacts(connect(url, bearer), filter_text, output)


@app.command()
def settings(as_json: AsJson = False) -> None:
    """List every CRM_* variable with its value, its default and what it means; secrets are masked."""
    from cli.settings import show  # noqa: PLC0415

    show(as_json)


def main() -> None:
    """The entry point of the distribution."""
    app()


if __name__ == "__main__":
    main()
