"""`crm demo`: demo data for the local stack."""

from __future__ import annotations

import requests
import typer

from cli.demo import Demo, DemoFailed
from cli.exits import fail
from cli.stack.local import running
from cli.token import token


def demo() -> None:
    """Adds what is missing and says what it was."""
    settings, known = running()
    gateway = f"http://127.0.0.1:{known.http_port}"
    typer.echo("Adding demo data")
    try:
        made = Demo(gateway, token(settings.admin_email), lambda line: typer.echo(f"  {line}")).run()
    except DemoFailed as error:
        fail(str(error))
    except requests.RequestException as error:
        fail(f"the gateway at {gateway} does not answer: {error}")
    typer.echo(
        f"Demo data: {made.contacts} contacts, {made.companies} companies, {made.users} users, {made.teams} teams and "
        f"{made.notes} notes added"
    )
    if made.password:
        typer.echo(f"The new users' password is {made.password}")
