"""The background jobs of the service; modules beside this one add their tasks to it."""

from __future__ import annotations

from procrastinate import Blueprint

jobs = Blueprint()
