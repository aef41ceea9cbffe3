"""The supervisor of `crm up` with real processes: it keeps them alive, and takes them all along when it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cli.stack.settings import ROOT

Start = Callable[..., "Running"]


class Running:
    """A little stack in a process of its own, and everything it started."""

    def __init__(self, folder: Path, *manners: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.cli.little_stack", str(folder), *manners],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []

    def wait_for(self, words: str) -> str:
        """Reads what it says until a line has these words; returns that line."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if words in line:
                return line
        raise AssertionError(f"{words!r} was never said: {self.lines}")

    def end(self) -> int:
        """Reads the rest, and returns the exit code."""
        assert self.process.stdout is not None
        self.lines += [line.rstrip() for line in self.process.stdout]
        return self.process.wait(30)

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def pid(self, name: str) -> int:
        return int(json.loads((self.folder / "stack.json").read_text())["processes"][name]["pid"])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def make(*manners: str) -> Running:
        started.append(Running(tmp_path, *manners))
        return started[-1]

    yield make
    for running in started:
        running.process.send_signal(signal.SIGTERM)
        running.end()


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all of them have ended within ten seconds."""
    return not psutil.wait_procs(processes, timeout=10)[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_callers_first(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    stack = start()
    stack.wait_for("started")
    processes = stack.descendants()
    assert len(processes) == 5  # two servers, a child of each, the guard
    stack.process.send_signal(number)
    assert stack.end() == 0
    assert gone(processes)
    assert (tmp_path / "order").read_text().split() == ["above", "below"]
    assert not (tmp_path / "stack.json").exists()


def test_a_killed_supervisor_leaves_nothing_behind(start: Start) -> None:
    stack = start()
    stack.wait_for("started")
    processes = stack.descendants()
    stack.process.kill()
    assert gone(processes)


def test_what_outlived_supervisor_and_guard_is_ended_by_the_next_start(start: Start) -> None:
    first = start()
    first.wait_for("started")
    processes = first.descendants()
    guard = next(process for process in processes if "guard.py" in " ".join(process.cmdline()))
    guard.kill()
    first.process.kill()
    first.process.wait()
    second = start()
    second.wait_for("started")
    assert [line for line in second.lines if line.startswith("orphan")] == ["orphan below", "orphan above"]
    assert gone(processes)


def test_a_process_id_that_another_process_has_now_is_left_alone(start: Start, tmp_path: Path) -> None:
    first = start()
    first.wait_for("started")
    content = json.loads((tmp_path / "stack.json").read_text())
    first.process.send_signal(signal.SIGTERM)
    first.end()
    stranger = subprocess.Popen(["sleep", "1000"])
    content["processes"]["below"]["pid"] = stranger.pid
    content["processes"]["below"]["created"] -= 5000
    (tmp_path / "stack.json").write_text(json.dumps(content))
    second = start()
    second.wait_for("started")
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_killed_process_comes_back_and_its_children_are_gone(start: Start) -> None:
    stack = start()
    stack.wait_for("started")
    old = psutil.Process(stack.pid("above"))
    children = old.children()
    os.kill(old.pid, signal.SIGKILL)
    assert "above ended with signal 9" in stack.wait_for("above ended")
    stack.wait_for("above is back")
    assert gone([old, *children])
    assert stack.pid("above") != old.pid
    assert psutil.pid_exists(stack.pid("below"))


def test_a_process_that_keeps_dying_is_restarted_later_and_later(start: Start) -> None:
    stack = start("brittle")
    stack.wait_for("started")
    delays = [stack.wait_for("above ended with code 7").rsplit(" in ", 1)[1].strip() for _ in range(3)]
    assert delays == ["0.5 s", "1 s", "2 s"]


def test_a_start_that_fails_says_why_and_stops_the_rest(start: Start) -> None:
    stack = start("hopeless")
    assert stack.end() == 1
    assert any("above ended with code 1: there is no hope" in line for line in stack.lines)
    assert "started" not in stack.lines


def test_a_failing_step_ends_the_start(start: Start) -> None:
    stack = start("step")
    assert stack.end() == 1
    assert any("step ended with code 1: the step has failed" in line for line in stack.lines)


@pytest.mark.parametrize("delay_seconds", [0.0, 0.2, 0.4])
def test_a_stop_during_the_start_is_obeyed(start: Start, delay_seconds: float) -> None:
    stack = start("mute")
    stack.wait_for("below")
    time.sleep(delay_seconds)  # at whatever point of the start that may be
    processes = stack.descendants()
    stack.process.send_signal(signal.SIGTERM)
    assert stack.end() == 0
    assert gone(processes)
    assert "started" not in stack.lines


def test_a_process_that_will_not_stop_is_killed_after_its_time(start: Start) -> None:
    stack = start("stubborn")
    stack.wait_for("started")
    processes = stack.descendants()
    stack.process.send_signal(signal.SIGTERM)
    assert stack.end() == 0
    assert any("above did not stop in time" in line for line in stack.lines)
    assert gone(processes)


def test_a_second_signal_does_not_wait(start: Start) -> None:
    stack = start("stubborn")
    stack.wait_for("started")
    begun = time.monotonic()
    stack.process.send_signal(signal.SIGTERM)
    stack.wait_for("Stopping")
    stack.process.send_signal(signal.SIGTERM)
    assert stack.end() == 0
    assert time.monotonic() - begun < 0.8


def test_a_second_stack_in_the_same_folder_is_refused(start: Start) -> None:
    first = start()
    first.wait_for("started")
    second = start()
    assert second.end() == 1
    assert any("AlreadyRunning" in line for line in second.lines)
