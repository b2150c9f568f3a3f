"""A few kills of the node that tells people what came in, with a fixed seed; the full count runs in ``make proof``."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUNNER = Path(__file__).resolve().parents[1] / "proof" / "notices.py"


@pytest.mark.long
@pytest.mark.timeout(180)
def test_a_few_kills_leave_each_notice_once_on_its_page_and_in_its_letter():
    command = [sys.executable, str(RUNNER), "--kills", "2", "--seed", "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert sum(each for name, each in told.items() if name.startswith("kills_")) == 2
    assert told["notices"] == 2 * told["orders"] > 0
    assert told["letters"] > 0
