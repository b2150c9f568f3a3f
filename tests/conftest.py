"""What all tests share: no deadline per example on busy machines, and skips that count where nothing may be missing."""

import io
import os
import sys

import pytest
from hypothesis import settings

settings.register_profile("entrepot", deadline=None, print_blob=True)
settings.register_profile("proof", deadline=None, print_blob=True, max_examples=20_000)
settings.load_profile("entrepot")

NO_SKIP = os.environ.get("ENTREPOT_NO_SKIP") == "1"
"""Set by ``make proof`` and ``.ci/run``: a test that cannot run here is a failure, not a pass."""


def pytest_collection_modifyitems(items):
    """The tests in a browser are a part of the long tests, which runs them all."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker("long")


@pytest.fixture
def in_process(monkeypatch, capsysbinary):
    """Runs the command line in this process, through its own entry point: exit code, output and errors as bytes."""

    def call(*words, stdin=b""):
        from entrepot.cli import main

        monkeypatch.setattr(sys, "argv", ["entrepot", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsysbinary.readouterr()
        assert b"Traceback" not in err
        return left.value.code, out, err

    return call


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail") and not item.get_closest_marker("brought"):
        report.outcome = "failed"
        report.longrepr = (
            f"could not run: {report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr}"
        )
