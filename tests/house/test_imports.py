"""The import contracts hold, and see what breaks them (in a copy of the tree)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def lint(folder, contract):
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache", "--no-logo", "--contract", contract],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.toml"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("contract", ["rooms", "journal", "frameworks", "use-cases"])
def test_the_contracts_hold(contract):
    code, said = lint(ROOT, contract)
    assert code == 0, said


@pytest.mark.parametrize(
    ("contract", "file", "line", "expected"),
    [
        ("rooms", "shop/__init__.py", "", "entrepot.shop"),
        (
            "rooms",
            "base/money.py",
            "import entrepot.party.party",
            "entrepot.base is not allowed to import entrepot.party",
        ),
        ("rooms", "party/party.py", "from entrepot.sale import state", "entrepot.party is not allowed to import"),
        ("rooms", "sale/state.py", "import entrepot.journal.port", "entrepot.sale is not allowed to import"),
        ("rooms", "base/record.py", "import entrepot.journal.port", "entrepot.base is not allowed to import"),
        (
            "rooms",
            "flow/book.py",
            "import entrepot.node.config",
            "entrepot.flow is not allowed to import entrepot.node",
        ),
        ("journal", "journal/port.py", "import entrepot.party.party", "entrepot.journal is not allowed to import"),
        ("frameworks", "sale/state.py", "import django.db", "entrepot.sale is not allowed to import django"),
        ("frameworks", "payment/qr.py", "import httpx", "entrepot.payment is not allowed to import httpx"),
        ("frameworks", "document/parts.py", "import pydantic", "entrepot.document is not allowed to import pydantic"),
        ("use-cases", "flow/book.py", "import ninja", "entrepot.flow is not allowed to import ninja"),
    ],
)
def test_a_planted_import_is_seen(copy, contract, file, line, expected):
    place = copy / "src" / "entrepot" / file
    place.parent.mkdir(exist_ok=True)
    with place.open("a", encoding="utf-8") as text:
        text.write(f"\n{line}\n")
    code, said = lint(copy, contract)
    assert code == 1, said
    assert expected in said
