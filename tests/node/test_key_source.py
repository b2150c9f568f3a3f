"""The key-encryption key from a program: what it may print, what is never taken for a key, real secrets managers."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rig import paper
from rig.outside import Client, Node

from entrepot.base.error import UsageError
from entrepot.node import keysource
from entrepot.node.custody import open_keys
from entrepot.node.keysource import key_source
from entrepot.node.sealed import HEAD, is_sealed, keep, secret_in
from entrepot.party.error import KeyStoreError
from entrepot.party.keystore import KeyLock

KEY = bytes(range(200, 232))
HEX, BASE64 = KEY.hex(), b64encode(KEY).decode()
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def source(data, command):
    """A source of its own name: what one program answered is remembered by its words."""
    return key_source(data, {"ENTREPOT_KEY_COMMAND": f"env SOURCE={data.name}{time.monotonic_ns()} {command}"})


def prints(text):
    return shlex.join(["printf", "%b", text])


@pytest.mark.parametrize("text", [HEX, HEX + "\\n", HEX.upper() + "\\r\\n", BASE64, BASE64 + "\\n"])
def test_a_key_that_a_program_prints_is_taken_and_no_file_is_made(tmp_path, text):
    found = source(tmp_path, prints(text))
    assert found.lock(os.urandom) == KeyLock(KEY)
    assert list(tmp_path.iterdir()) == []
    assert "program env" in found.told


OTHER = {
    "nothing": prints(""),
    "a digit less": prints(HEX[1:]),
    "a byte more": prints(HEX + "00"),
    "two lines": prints(HEX + "\\nuser: node\\n"),
    "an empty line behind": prints(HEX + "\\n\\n"),
    "a blank": prints(HEX + " "),
    "words of a shell": f"echo {HEX};",
    "the bytes themselves": prints("".join(f"\\0{each:o}" for each in KEY)),
    "base64 for addresses": prints(BASE64.replace("+", "-").replace("/", "_")),
    "base64 with bits left over": prints(BASE64[:-2] + chr(ord(BASE64[-2]) + 1) + "="),
    "without an end": "yes",
    "a key, and fails": f"sh -c 'echo {HEX}; exit 3'",
    "a key to standard error": f"sh -c 'echo {HEX} >&2'",
    "not there": "/nobody/has/this",
    "hangs": f"sh -c 'echo {HEX}; sleep 60'",
    "leaves somebody behind": f"sh -c 'sleep 60 & echo {HEX}'",
    "closes and hangs": f"sh -c 'echo {HEX}; exec >&-; sleep 60'",
}


@pytest.mark.parametrize("command", OTHER.values(), ids=OTHER)
def test_what_is_no_key_is_refused_in_time_and_shown_nowhere(tmp_path, monkeypatch, capfd, command):
    monkeypatch.setattr(keysource, "SECONDS_MAX", 0.3)
    began = time.monotonic()
    with pytest.raises(KeyStoreError, match="program of ENTREPOT_KEY_COMMAND") as wrong:
        source(tmp_path, command).lock(os.urandom)
    said = f"{wrong.value} {wrong.value.remedy} {''.join(capfd.readouterr())}"
    assert HEX[:20] not in said
    assert BASE64[:20] not in said
    assert time.monotonic() - began < 5
    assert list(tmp_path.iterdir()) == []


def test_nobody_whom_a_hanging_program_started_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(keysource, "SECONDS_MAX", 0.5)
    with pytest.raises(KeyStoreError, match="in time"):
        source(tmp_path, f"sh -c 'sleep 60 & echo $! > {tmp_path}/pid; wait'").lock()
    left = Path("/proc", (tmp_path / "pid").read_text().strip(), "status")
    until = time.monotonic() + 5
    while left.exists() and "zombie" not in left.read_text():
        assert time.monotonic() < until, "it still runs"
        time.sleep(0.02)


def test_two_sources_or_a_command_that_cannot_be_read_are_refused(tmp_path):
    both = {"ENTREPOT_KEY_COMMAND": "pass show node", "ENTREPOT_KEY_FILE": "/run/kek"}
    for environ, why in ((both, "both set"), ({"ENTREPOT_KEY_COMMAND": "pass 'show"}, "split"),
                         ({"ENTREPOT_KEY_COMMAND": "  "}, "no program")):  # fmt: skip
        with pytest.raises(UsageError, match=why):
            key_source(tmp_path, environ)
    keep(tmp_path / "secret" / "kek", KEY, lock=None)
    with pytest.raises(KeyStoreError, match="as well"):
        source(tmp_path, prints(HEX)).lock()


def test_a_small_secret_is_sealed_where_it_lies_and_opens_with_its_key_under_its_name_alone(tmp_path):
    path, lock, other = tmp_path / "token", KeyLock(KEY), KeyLock(bytes(32))
    keep(path, b"first", lock=None)
    assert path.read_bytes() == secret_in(path, lambda: other) == b"first"
    keep(path, b"second", lock=lock)
    assert (is_sealed(path), b"first" in path.read_bytes(), path.stat().st_mode & 0o777) == (True, False, 0o600)
    keep(path, b"third", lock=None)
    assert secret_in(path, lambda: lock) == b"first"
    moved = tmp_path / "django"
    moved.write_bytes(path.read_bytes())
    cut = tmp_path / "cut"
    cut.write_bytes(HEAD + b"AAAA")
    for each, key in ((path, other), (moved, lock), (cut, lock)):
        with pytest.raises(KeyStoreError, match="does not open"):
            secret_in(each, lambda key=key: key)


# ---- secrets managers of others --------------------------------------------------------------------------------------


def systemd_creds(folder):
    """systemd's credentials (systemd-creds(1)), sealed under a key of the machine that is this test's; systemd need
    not run."""
    if shutil.which("systemd-creds") is None:
        pytest.skip("needs systemd-creds (Debian: systemd)")
    sealed, host = folder / "kek.cred", f"SYSTEMD_CREDENTIAL_SECRET={folder}/host.secret"
    words = ["env", host, "systemd-creds", "encrypt", "--with-key=host", "--name=kek", "-", sealed]
    made = subprocess.run(words, input=HEX.encode(), check=False, capture_output=True)
    if made.returncode:
        pytest.skip(f"systemd-creds cannot seal here: {made.stderr.decode()[-200:]}")
    return f"env {host} systemd-creds decrypt --name=kek {sealed} -", HEX.encode() not in sealed.read_bytes()


def password_store(folder):
    """pass(1), the standard Unix password manager, over GnuPG."""
    if shutil.which("pass") is None or shutil.which("gpg") is None:
        pytest.skip("needs pass and gpg (Debian: pass)")
    home, store = folder / "g", folder / "store"
    home.mkdir(mode=0o700)
    environ = {**os.environ, "GNUPGHOME": str(home), "PASSWORD_STORE_DIR": str(store)}
    made = ["gpg", "--batch", "--passphrase", "", "--quick-generate-key", "node@example.org", "future-default"]
    for words, given in ((made, b""), (["pass", "init", "node@example.org"], b""),
                         (["pass", "insert", "-m", "node/kek"], HEX.encode() + b"\n")):  # fmt: skip
        subprocess.run(words, input=given, env=environ, check=True, capture_output=True)
    kept = (store / "node" / "kek.gpg").read_bytes()
    return f"env GNUPGHOME={home} PASSWORD_STORE_DIR={store} pass show node/kek", HEX.encode() not in kept


@pytest.fixture(params=[systemd_creds, password_store], ids=lambda each: each.__name__)
def vault(request, tmp_path):
    """The command by which a secrets manager, which nobody here wrote, prints the key that it keeps."""
    folder = tmp_path / "v"
    folder.mkdir()
    command, is_sealed_there = request.param(folder)
    assert is_sealed_there
    yield command
    if (folder / "g").is_dir():
        subprocess.run(["gpgconf", "--homedir", folder / "g", "--kill", "all"], check=False, capture_output=True)


@pytest.mark.brought
def test_a_secrets_manager_hands_the_key_over(vault, tmp_path):
    data = tmp_path / "data"
    found = key_source(data, {"ENTREPOT_KEY_COMMAND": vault})
    keys = open_keys(data, found, entropy=os.urandom, now=NOW)
    assert found.lock() == KeyLock(KEY)
    assert not (data / "secret" / "kek").exists()
    again = open_keys(data, found, entropy=os.urandom, now=NOW, make=False)
    assert again.node.did == keys.node.did
    with pytest.raises(KeyStoreError, match="does not open"):
        open_keys(data, source(data, prints(bytes(32).hex())), entropy=os.urandom, now=NOW, make=False)


@pytest.mark.long
@pytest.mark.brought
@pytest.mark.parametrize("vault", [systemd_creds], indirect=True)
def test_a_node_lives_by_a_secrets_manager_alone(vault, tmp_path, monkeypatch):
    """Made with the key in files, moved into the vault, backed up, restored: no secret lies in clear from then on."""
    asked = tmp_path / "asked"
    command = shlex.join(["sh", "-c", f'echo >> {asked}; printf "%s\\n" "$({vault})"'])
    node = Node(tmp_path / "node")
    keep(node.folder / "secret" / "kek", KEY, lock=None)
    try:
        node.start()
        seller = node.trader("grower")
        did, token, django = seller.party, node.operator.token, (node.folder / "secret" / "django").read_bytes()
        assert node.stop() == 0
        node.settings = {"ENTREPOT_KEY_COMMAND": command}
        assert "as well" in refused(node)
        (node.folder / "secret" / "kek").unlink()
        node.start()
        assert asked.read_text() == "\n", "the supervisor asks once, and its worker knows"
        buyer = Client(node.url, token).trader("importer")
        assert buyer.issue(paper.order(buyer.party, did)).status_code == 200
        assert seller.issue(paper.order(did, buyer.party)).status_code == 200, "its key opens, as before"
        monkeypatch.setenv("ENTREPOT_KEY_COMMAND", command)
        assert run("operator", "token", "--data", node.folder).strip() == token
        assert '"key": "program sh"' in run("operator", "status", "--data", node.folder, "--json", code=1)
        run("peer", "list", "--data", node.folder)
        run("journal", "backup", "--data", node.folder, "--out", tmp_path / "copy")
        assert node.stop() == 0
        for each in (path for place in (node.folder, tmp_path / "copy") for path in place.rglob("*") if path.is_file()):
            held = each.read_bytes()
            assert not any(secret in held for secret in (KEY, HEX.encode(), token.encode(), django)), each
        assert HEX not in node.told
        rehearsal = tmp_path / "rehearsal"
        rehearsal.mkdir()
        run("journal", "restore", "--data", rehearsal, "--from", tmp_path / "copy")
        assert not (rehearsal / "secret" / "kek").exists()
        run("journal", "verify", "--data", rehearsal)
        monkeypatch.setenv("ENTREPOT_KEY_COMMAND", "false")
        assert "false, the program of ENTREPOT_KEY_COMMAND, ended with 1" in run(
            "journal", "verify", "--data", rehearsal, code=2
        )
    finally:
        node.stop()


def refused(node):
    """What a start says that is refused."""
    node.spawn()
    assert node.process.wait(30) == 2
    return node.told


def run(*words, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "entrepot", *map(str, words)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr
