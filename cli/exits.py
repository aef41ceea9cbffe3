"""Exit codes of `crm`, the same for every command."""

from __future__ import annotations

from typing import NoReturn

import typer

OK = 0
FAILED = 1  # it was tried and did not work; standard error says why
USAGE = 2  # the command line or a CRM_* variable is wrong
NOT_RUNNING = 3  # the local stack is not running, or not this part of it


def fail(message: str, code: int = FAILED) -> NoReturn:
    """Ends the command with one sentence on standard error."""
    typer.echo(f"crm: {message}", err=True)
    raise typer.Exit(code)
