"""One running stack for all tests of the system that do not break it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.local_stack import LocalStack, local_stack
from tests.system.otlp_receiver import Receiver, receiving


@pytest.fixture(scope="session")
def traces() -> Iterator[Receiver]:
    """What the stack of this run tells of its traces: all of them."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def stack(run_folder: Path, traces: Receiver) -> Iterator[LocalStack]:
    """The stack of this run; a test that stops or kills parts of it starts one of its own."""
    variables = {"CRM_OTLP_ENDPOINT": f"127.0.0.1:{traces.port}", "CRM_TRACE_SAMPLE_RATIO": "1"}
    with local_stack(run_folder / "stack", **variables) as running:
        yield running
