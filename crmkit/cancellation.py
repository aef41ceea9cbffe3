"""Cancellations that get lost.

`asyncio.wait_for` of Python 3.11 returns a result that arrives together with a cancellation, and the cancellation is
gone (cpython issue 86296; mended in 3.12). nats-py waits with it, so a loop around its calls could run on for ever.
And a connection that breaks while it is being closed raises an error that hides the cancellation under way.
"""

from __future__ import annotations

import asyncio


def stop_if_cancelled() -> None:
    """Raises CancelledError when the running task was asked to end, heard or not. Call it once a round of a loop."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
