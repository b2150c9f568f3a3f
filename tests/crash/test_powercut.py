"""A fixed sample of the power cuts; ``tests/proof/powercut.py`` makes all of them."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROOF = Path(__file__).resolve().parents[1] / "proof"
PATCHES = sorted((PROOF / "planted").glob("*/*.patch"))


def powercut(*options):
    done = subprocess.run(
        [sys.executable, str(PROOF / "powercut.py"), "--ways", "3", *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return done.returncode, done.stdout + done.stderr


def test_the_journal_is_whole_after_each_sampled_cut():
    status, text = powercut("--json", "--every", "61")
    answer = json.loads(text.splitlines()[-1])
    assert (status, answer["fault"]) == (0, None)
    assert answer["writes"] > 1000
    assert answer["disks"] > 80


@pytest.mark.parametrize("bug", ["sync-off", "outbox-outside-transaction", "acknowledged-before-commit"])
def test_a_planted_bug_is_found(bug):
    status, text = powercut("--planted", "--every", "29", "--only", bug)
    assert status == 0, text
    assert f"{bug}: found at write " in text


def test_a_change_that_breaks_nothing_survives(tmp_path):
    """The runner can say no: it fails where nothing is found."""
    (tmp_path / "planted" / "logic").mkdir(parents=True)
    for file in PROOF.glob("powercut*.py"):
        shutil.copy(file, tmp_path)
    source = PROOF.parents[1] / "src"
    patch = "Harmless.\n\n--- /dev/null\n+++ b/src/entrepot/journal/harmless.py\n@@ -0,0 +1 @@\n+# harmless\n"
    (tmp_path / "planted" / "logic" / "harmless.patch").write_text(patch)
    code = f"import powercut; powercut.SOURCE = powercut.Path({str(source)!r}); raise SystemExit(powercut.main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "--planted", "--every", "400", "--ways", "1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "harmless: SURVIVED" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 1


def test_every_patch_applies_and_says_what_it_plants(tmp_path):
    assert len([each for each in PATCHES if each.parent.name == "durability"]) >= 10
    source = PROOF.parents[1] / "src" / "entrepot" / "journal"
    shutil.copytree(source, tmp_path / "src" / "entrepot" / "journal")
    for patch in PATCHES:
        assert patch.read_text().splitlines()[0].endswith("."), patch.name
        done = subprocess.run(
            ["git", "apply", "--check", "-p1", str(patch)], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{patch.name}: {done.stderr}"


@pytest.fixture
def disk():
    spec = importlib.util.spec_from_file_location("powercut_disk", PROOF / "powercut_disk.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def images(module, ops, count=2):
    made = module.Disk()
    for op in ops:
        made.take(module.Op(*op))
    return list(made.images(1, count))


def test_the_disk_keeps_unsynced_writes_apart(disk):
    ops = [("create", "a-wal"), ("write", "a-wal", 0, b"one"), ("sync", "a-wal"), ("write", "a-wal", 2, b"two")]
    assert images(disk, ops) == [{"a-wal": b"one"}, {"a-wal": b"ontwo"}]
    assert images(disk, [*ops, ("truncate", "a-wal", 1)]) == [{"a-wal": b"one"}, {"a-wal": b"o"}]
    assert images(disk, [*ops, ("sync", "a-wal")]) == [{"a-wal": b"ontwo"}, {"a-wal": b"ontwo"}]


def test_the_disk_keeps_unsynced_names_apart(disk):
    made = [("create", "a"), ("write", "a", 0, b"x"), ("sync", "a")]
    assert images(disk, made) == [{}, {"a": b"x"}]
    named = [*made, ("create", "a-journal"), ("sync", "a-journal")]
    assert images(disk, named)[0] == {"a": b"x", "a-journal": b""}
    assert images(disk, [*named, ("delete", "a-journal", 0)])[0] == {"a": b"x", "a-journal": b""}
    assert images(disk, [*named, ("delete", "a-journal", 1)])[0] == {"a": b"x"}


def test_unsynced_writes_are_torn_lost_and_reordered(disk):
    ops = [("create", "a-wal"), ("sync", "a-wal")]
    ops += [("write", "a-wal", 2048 * place, bytes([place + 1]) * 2048) for place in range(6)]
    found = images(disk, ops, 40)
    sizes = {len(image["a-wal"]) for image in found}
    assert len(sizes) > 3
    whole = {0: b"\0" * 2048} | {value: bytes([value]) * 2048 for value in range(1, 7)}
    blocks = {image["a-wal"][at : at + 2048] for image in found for at in range(0, len(image["a-wal"]), 2048)}
    assert blocks - set(whole.values()), "some write must be torn"
