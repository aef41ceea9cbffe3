"""docs/add-a-service.md, followed to the letter in a copy of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "add-a-service.md"
FILE = re.compile(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROOMS = ("", "api", "domain", "store", "workers")
COPIED = ("cli", "crmkit", "gateway", "protos", "scripts", "services", "tests", "pyproject.toml")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with the files of the page, its code generated."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, copy / name)
    for name, content in FILE.findall(PAGE.read_text(encoding="utf-8")):
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for room in ROOMS:
        (copy / "services" / "assets" / room / "__init__.py").touch()
    run(copy, "scripts/generate.py")
    return copy


def run(checkout: Path, *command: str) -> None:
    """Runs Python in the copy; its modules come before the installed ones."""
    environment = {**os.environ, "PYTHONPATH": f"{checkout}{os.pathsep}{checkout / 'gen'}"}
    done = subprocess.run(
        [sys.executable, *command], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_the_service_of_the_page_passes_the_tests_of_the_page(checkout: Path) -> None:
    run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/service/assets")


def test_the_files_of_the_page_pass_our_own_checks(checkout: Path) -> None:
    run(checkout, "-m", "ruff", "check", "services/assets", "tests/service/assets")
    run(checkout, "-m", "ruff", "format", "--check", "services/assets", "tests/service/assets")
    run(checkout, "-m", "mypy", "services/assets", "tests/service/assets")
    run(checkout, "scripts/contracts.py")


def test_the_stack_gateway_and_rights_know_the_service_without_being_told(checkout: Path) -> None:
    run(
        checkout,
        "-c",
        "from cli.stack.plan import SERVICES\n"
        "from gateway.contracts import services\n"
        "from services.identity.domain.roles import ACTIONS, ADMINISTRATOR, default_rights\n"
        "assert 'assets' in SERVICES, SERVICES\n"
        "assert 'crm.assets.v1.AssetService' in {service.full_name for service in services()}\n"
        "assert ACTIONS['asset'] == ('read', 'export', 'create', 'update', 'delete'), ACTIONS\n"
        "assert default_rights(ADMINISTRATOR)['asset']['create'].name == 'ALL'\n"
        "from gateway import offers\n"
        "from gateway.edge.openapi.document import document\n"
        "assert 'assets' in [source.name for source in offers.sources()]\n"
        "assert '/v1/assets:export' in [export.path for export in offers.exports()]\n"
        "assert '/v1/assets:export' in document()['paths']\n",
    )
