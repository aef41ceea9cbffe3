"""`crm import` and `crm export`: contacts in and out through the gateway."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import requests
import typer

from cli.exits import FAILED, fail
from cli.gateway import Gateway

_PIECE = 1 << 18
# Between two questions how far an import is, seconds; it starts short, for small files.
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 1.0
_SHOWN = 20
_BAR = 30
_COUNTS = ("created", "updated", "unchanged", "rejected")


def import_file(
    gateway: Gateway, path: Path, *, region: str, locale: str, mode: str, dry_run: bool, as_json: bool
) -> None:
    """Uploads a file, imports it, shows how far it is on standard error, and prints what it came to."""
    stored = _upload(gateway, path)
    options = {"region": region, "locale": locale, "mode": f"MODE_{mode.upper()}"}
    body = {"fileId": stored["id"], "options": {name: value for name, value in options.items() if value}}
    found = gateway.json("POST", "/v1/contactImports", json={**body, "dryRun": dry_run})
    found = _followed(gateway, found)
    if found["state"] != "STATE_SUCCEEDED":
        fail(f"the import failed: {found.get('error') or 'no reason was given'}", FAILED)
    counts = {name: int(found.get(f"{name}Count", 0)) for name in _COUNTS}
    if as_json:
        rejected = [
            {"record": int(row["record"]), "column": row.get("column") or None, "reason": row["reason"]}
            for row in _rejected(gateway, found["id"])
        ]
        typer.echo(json.dumps({**counts, "rejected": rejected}, ensure_ascii=False))
        return
    typer.echo(("Dry run: " if dry_run else "") + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
    _show_rejected(gateway, found["id"], counts["rejected"])


def export_contacts(gateway: Gateway, filter_text: str, output: Path | None) -> None:
    """Streams contacts as CSV into a file, or to standard output."""
    parameters = {"filter": filter_text} if filter_text else {}
    reply = gateway.call("GET", "/v1/contacts:export", params=parameters, stream=True)
    try:
        if output is None:
            _write(reply.iter_content(_PIECE), sys.stdout.buffer)
            return
        unfinished = output.with_name(output.name + ".part")
        try:
            with unfinished.open("wb") as file:
                _write(reply.iter_content(_PIECE), file)
            unfinished.replace(output)  # whoever waits for the file finds it whole
        except BaseException:  # Ctrl-C, too
            unfinished.unlink(missing_ok=True)
            raise
    except requests.RequestException as error:
        fail(f"the export broke off, what was written is not all: {error}")
    except OSError as error:
        if output is None:
            raise  # whoever reads our output has enough of it
        fail(f"{output} cannot be written: {error.strerror}")


def _write(pieces: Iterator[bytes], file: BinaryIO) -> None:
    for piece in pieces:
        file.write(piece)
    file.flush()


def _upload(gateway: Gateway, path: Path) -> dict[str, Any]:
    size = path.stat().st_size

    def pieces() -> Iterator[bytes]:
        sent = 0
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
                sent += len(piece)
                _progress("uploading", sent / size)

    stored = gateway.json("POST", "/v1/files", params={"filename": path.name}, data=pieces())
    _progress("uploading", 1.0)
    return stored


def _followed(gateway: Gateway, found: dict[str, Any]) -> dict[str, Any]:
    """The import once it has ended."""
    wait = _FIRST_WAIT
    while found["state"] in ("STATE_QUEUED", "STATE_RUNNING"):
        _progress("importing", float(found.get("progress", 0)), f"{int(found.get('recordCount', 0)):,} records")
        time.sleep(wait)
        wait = min(wait * 1.5, _LONGEST_WAIT)
        found = gateway.json("GET", f"/v1/contactImports/{found['id']}")
    _progress("importing", float(found.get("progress", 1)), f"{int(found.get('recordCount', 0)):,} records")
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    return found


def _rejected(gateway: Gateway, import_id: str, page_size: int = 1000) -> Iterator[dict[str, Any]]:
    token = ""
    while True:
        parameters = {"pageSize": page_size, **({"pageToken": token} if token else {})}
        page = gateway.json("GET", f"/v1/contactImports/{import_id}/rejectedRows", params=parameters)
        yield from page.get("rejectedRows", ())
        token = page.get("nextPageToken", "")
        if not token:
            return


def _show_rejected(gateway: Gateway, import_id: str, count: int) -> None:
    if not count:
        return
    for place, row in enumerate(_rejected(gateway, import_id, _SHOWN)):
        if place == _SHOWN:
            break
        typer.echo(f"  record {row['record']}: {row['reason']} {row['message']}")
    if count > _SHOWN:
        typer.echo(f"  … and {count - _SHOWN:,} more")
    typer.echo(f"All rejected records: {gateway.address}/v1/contactImports/{import_id}/rejectedRows.csv")


def _progress(what: str, share: float, more: str = "") -> None:
    """One line on a terminal, rewritten in place; nothing where standard error is a file."""
    if sys.stderr.isatty():
        done = round(share * _BAR)
        sys.stderr.write(f"\r{what:10} [{'#' * done}{'.' * (_BAR - done)}] {share:4.0%} {more}\033[K")
        sys.stderr.flush()
