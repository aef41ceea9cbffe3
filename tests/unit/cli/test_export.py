"""`crm export` against a gateway that lets it down."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import typer

from cli.exits import FAILED
from cli.gateway import Gateway
from cli.imports import export_contacts


class BreaksOff(BaseHTTPRequestHandler):
    """Sends the first piece of a reply, and no end."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nid\r\n7\r\n")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with HTTPServer(("127.0.0.1", 0), BreaksOff) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Gateway(f"http://127.0.0.1:{server.server_port}", lambda: "token")
        server.shutdown()
        thread.join()


def test_an_export_that_breaks_off_says_so_and_leaves_the_file_as_it_was(
    gateway: Gateway, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "contacts.csv"
    output.write_text("yesterday's")
    with pytest.raises(typer.Exit) as caught:
        export_contacts(gateway, "", output)
    assert caught.value.exit_code == FAILED
    assert "broke off" in capsys.readouterr().err
    assert output.read_text() == "yesterday's"
    assert list(tmp_path.iterdir()) == [output]


def test_an_export_that_is_interrupted_leaves_nothing_behind(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        assert list(tmp_path.iterdir()) == [tmp_path / "contacts.csv.part"]
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.imports._write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_contacts(gateway, "", tmp_path / "contacts.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_export_to_a_place_that_is_none_says_so(
    gateway: Gateway, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught:
        export_contacts(gateway, "", tmp_path / "missing" / "contacts.csv")
    assert caught.value.exit_code == FAILED
    assert "cannot be written" in capsys.readouterr().err
