"""A backup holds all of a node that is not made anew: what was lost with the folder is there again, byte by byte."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from entrepot.node.beside import MADE_ANEW, copy_beside, put_back

PAPERS = {
    "register/p0123456789ab/entry/1.json": b'{"entry": 1}',
    "register/p0123456789ab/status/revocation": b"list",
    "register/p0123456789ab/challenge/abc": b"nonce",
    "licence/p0123456789ab/l1.jwt": b"a.b.c",
    "consent/p0123456789ab/c1.json": b'{"consent": true}',
    "anchors/MY.jws": b"a.b.c",
    "own-parties/p9.kept": b"{}",
    "own-keys/p9.kept": b"{}",
    "contexts.json": b"{}",
    "something/of/the/operators": b"\x00\xff",
}


@pytest.fixture
def copy(command, tmp_path):
    """A copy of a folder in which a node has run, with papers of every kind and accounts."""
    folder = tmp_path / "node"
    shutil.copytree(command.data, folder)
    for name, data in PAPERS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def held(folder):
    """Path -> bytes of all that must not be lost; of the accounts what they say, for a copy has other bytes."""
    found = {}
    for each in sorted(folder.rglob("*")):
        name = each.relative_to(folder)
        if not each.is_file() or name.parts[0] in MADE_ANEW or name.parts[0].startswith(("journal.", "node.db-")):
            continue
        found[name.as_posix()] = each.read_bytes()
    if "node.db" in found:
        with closing(sqlite3.connect(folder / "node.db")) as db:
            found["node.db"] = list(db.iterdump())
    return found


def test_what_was_lost_is_there_again(entrepot, command, copy, tmp_path):
    before = held(copy)
    assert set(PAPERS) <= set(before)
    assert {each.split("/")[0] for each in before} >= {"keys", "node.db", "register", "licence", "consent", "anchors"}
    backup = tmp_path / "backup"
    done = entrepot("journal", "backup", "--data", str(copy), "--out", str(backup), "--json")
    assert json.loads(done.stdout)["beside"] == len(before)
    assert all(each.stat().st_mode & 0o077 == 0 for each in backup.rglob("*") if each.is_file())
    kek = (copy / "secret" / "kek").read_bytes()
    assert not [each for each in backup.rglob("*") if each.is_file() and kek in each.read_bytes()]
    shutil.rmtree(copy)
    (copy / "secret").mkdir(parents=True)
    (copy / "secret" / "kek").write_bytes(kek)
    (copy / "secret" / "kek").chmod(0o600)
    done = entrepot("journal", "restore", "--data", str(copy), "--from", str(backup), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (sorted(told["putBack"]), told["left"]) == (sorted(before), [])
    assert held(copy) == before
    assert command.sale in entrepot("sale", "list", "--data", str(copy)).stdout
    assert entrepot("journal", "verify", "--data", str(copy)).returncode == 0


def test_what_is_there_is_never_replaced(entrepot, copy, tmp_path):
    """A party that changed its key since would lose it."""
    backup = tmp_path / "backup"
    assert entrepot("journal", "backup", "--data", str(copy), "--out", str(backup)).returncode == 0
    (copy / "anchors" / "MY.jws").write_bytes(b"newer")
    (copy / "consent" / "p0123456789ab" / "c1.json").unlink()
    taken = entrepot("journal", "restore", "--data", str(copy), "--from", str(backup))
    assert taken.returncode == 64, "a log is there"
    assert not (copy / "consent" / "p0123456789ab" / "c1.json").exists(), "and the folder is as it was"
    done = entrepot("journal", "restore", "--data", str(copy), "--from", str(backup), "--replace", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["putBack"], told["left"]) == (["consent/p0123456789ab/c1.json"], ["anchors/MY.jws"])
    assert "left as it is" in done.stderr
    assert (copy / "anchors" / "MY.jws").read_bytes() == b"newer"


@pytest.mark.parametrize("wrong", ["changed", "lost", "elsewhere", "secret", "junk"])
def test_a_damaged_copy_is_refused_before_anything_is_written(entrepot, copy, tmp_path, wrong):
    backup = tmp_path / "backup"
    copy_beside(copy, backup)
    listed = json.loads((backup / "files.json").read_text())
    name = {"elsewhere": "../out.json", "secret": "secret/kek"}.get(wrong)
    if name:
        listed["files"][0]["path"] = name
        (backup / "files.json").write_text(json.dumps(listed))
    elif wrong == "junk":
        (backup / "files.json").write_text("{")
    else:
        file = backup / "files" / listed["files"][-1]["path"]
        file.write_bytes(b"other") if wrong == "changed" else file.unlink()
    empty = tmp_path / "empty"
    empty.mkdir()
    (backup / "journal.db").write_bytes(b"")
    done = entrepot("journal", "restore", "--data", str(empty), "--from", str(backup))
    assert done.returncode == 64
    assert held(empty) == {}
    assert not (tmp_path / "out.json").exists()


def test_a_backup_of_the_log_alone_brings_nothing_else(tmp_path):
    assert put_back(tmp_path, tmp_path / "node").made == ()
