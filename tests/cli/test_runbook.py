"""The runbook's rehearsal of a restore, word for word, on the folder of a real node."""

import re
import shutil
import subprocess
from pathlib import Path

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "run-a-node.md"


def block(heading):
    text = RUNBOOK.read_text("utf-8").partition(f"### {heading}\n")[2]
    return re.search(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL).group(1).splitlines()


def test_a_restore_is_rehearsed_as_the_runbook_says(command, entrepot, tmp_path, monkeypatch):
    shutil.copytree(command.data, tmp_path / "node")
    monkeypatch.chdir(tmp_path)
    told = {}
    for line in block("Rehearse a restore"):
        first, *rest = line.split()
        if first == "entrepot":
            done = entrepot(*rest)
            assert done.returncode == 0, (line, done.stderr)
            told[" ".join(rest[:2])] = done.stdout
        else:
            subprocess.run(line, shell=True, check=True)
    assert command.sale in told["sale list"]
    assert "whole" in told["journal verify"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["node"]
    assert (tmp_path / "node" / "last-backup").read_text("ascii").endswith("Z")
    copied = [each for each in (tmp_path / "node").rglob("*") if each.name == "last-backup"]
    assert len(copied) == 1, "no backup holds when it was made"
