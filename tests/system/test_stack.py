"""`crm up` as a person meets it: it says what it does, keeps its data, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import requests

from cli.stack.settings import ROOT
from tests.system.conftest import Stack, free_block

PARTS = ["postgres", "nats", "contacts", "contacts-worker", "identity", "activities", "edge", "envoy"]


def first_password(stack: Stack) -> str:
    return stack.wait_for("Password").split()[1]


def sign_in(stack: Stack, password: str) -> requests.Response:
    body = {"email": "admin@example.com", "password": password}
    return requests.post(f"{stack.address}/auth/signIn", json=body, timeout=10)


def test_the_start_says_where_it_serves_and_who_may_enter(stack: Stack) -> None:
    assert stack.wait_for("Address").split()[1] == stack.address
    assert stack.wait_for("Administrator").split()[1] == "admin@example.com"
    assert requests.get(f"{stack.address}/healthz", timeout=10).status_code == 200
    assert sign_in(stack, first_password(stack)).ok


def test_status_shows_every_process_and_their_memory(stack: Stack) -> None:
    status = stack.status()
    assert status["healthy"] is True
    assert [process["name"] for process in status["processes"]] == ["crm up", *PARTS]
    assert all(process["health"] == "healthy" and process["version"] for process in status["processes"])
    assert status["memory_bytes"] < 2**30
    assert "everything is well" in stack.crm("status")


def test_a_token_for_the_administrator_is_alone_on_standard_output_and_works(stack: Stack) -> None:
    headers = {"Authorization": f"Bearer {stack.token()}"}
    answer = requests.get(f"{stack.address}/v1/me", headers=headers, timeout=10)
    assert answer.json()["user"]["email"] == "admin@example.com"
    assert stack.crm("token", "--email", "nobody@example.com", code=1) == ""


def test_migrating_again_changes_nothing(stack: Stack) -> None:
    assert stack.crm("migrate").splitlines() == [
        f"{name}: up to date" for name in ("contacts", "identity", "activities")
    ]
    stack.crm("migrate", "nonsense", code=2)


def test_a_second_start_of_the_same_checkout_says_where_the_first_runs(stack: Stack) -> None:
    second = Stack(stack.data, stack.http_port)
    assert second.process.wait(30) == 1
    assert stack.address in second.wait_for("running already")


def test_a_killed_service_is_started_again_and_serves(stack: Stack) -> None:
    os.kill(stack.pid("activities"), signal.SIGKILL)
    stack.wait_for("activities ended with signal 9")
    stack.wait_for("activities is back")
    status = stack.status()
    assert status["healthy"] is True
    assert next(row["restarts"] for row in status["processes"] if row["name"] == "activities") >= 1


def test_secrets_are_for_their_owner_only(stack: Stack) -> None:
    folder = stack.data / "secrets"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o077 for file in folder.iterdir() if file.stat().st_mode & 0o077} == {}


def test_taken_ports_stop_the_start_all_at_once_with_the_variables_that_change_them(tmp_path: Path) -> None:
    port = free_block(24000)
    with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.1", port + 2)):
        blocked = Stack(tmp_path / "data", port)
        assert blocked.process.wait(30) == 1
        assert "CRM_HTTP_PORT" in blocked.wait_for(f"port {port} is taken")
        assert "CRM_POSTGRES_PORT" in blocked.wait_for(f"port {port + 2} is taken")
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_wrong_setting_stops_the_start_with_the_variables_name(tmp_path: Path) -> None:
    wrong = Stack(tmp_path / "data", free_block(24000), CRM_EDGE_PORT="many")
    assert wrong.process.wait(30) == 2
    wrong.wait_for("CRM_EDGE_PORT: ")


def test_without_a_stack_commands_say_how_to_start_one(tmp_path: Path) -> None:
    environment = {**os.environ, "CRM_DATA_DIR": str(tmp_path)}
    for command in ("status", "token", "migrate", "demo"):
        outcome = subprocess.run(
            [sys.executable, "-m", "cli.main", command],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert outcome.returncode == 3, outcome
        assert "make run" in outcome.stderr
        assert outcome.stdout == ""


def test_data_survives_a_stop_and_sigterm_to_make_leaves_nothing(run_folder: Path) -> None:
    port = free_block(28000)
    data = run_folder / "again"
    first = Stack(data, port, "make", "run")
    first.wait_for("Everything serves")
    password = first_password(first)
    processes = first.descendants()
    first.end(signal.SIGTERM)
    assert not psutil.wait_procs(processes, timeout=20)[1]
    assert first.open_ports() == []

    second = Stack(data, port)
    try:
        seconds = float(second.wait_for("Everything serves").split()[-2])
        assert seconds <= 15
        assert first_password(second) == password
        assert sign_in(second, password).ok
    finally:
        assert second.end(signal.SIGINT) == 0


@pytest.mark.long
def test_two_checkouts_run_side_by_side_and_a_killed_one_leaves_nothing(stack: Stack, run_folder: Path) -> None:
    other = Stack(run_folder / "other", free_block(stack.http_port + 40))
    other.wait_for("Everything serves")
    assert first_password(other) != first_password(stack)
    processes = other.descendants()
    other.process.kill()
    assert not psutil.wait_procs(processes, timeout=40)[1]
    assert other.open_ports() == []
    assert stack.status()["healthy"] is True
