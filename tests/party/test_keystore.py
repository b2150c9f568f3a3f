"""Keys at rest: sealed, bound to their description, never overwritten, refused when anything is off."""

import itertools
import json
import stat
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.party.did import did_key, key_method_id
from entrepot.party.error import KeyStoreError
from entrepot.party.folder import NewParty, PartyFolder, party_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.keystore import (
    Custody,
    KeyLock,
    KeyStore,
    PassphraseLock,
    StoredKey,
    kek_path,
    open_kek,
    write_durably,
)
from entrepot.party.party import Party

NOW = datetime(2026, 5, 1, tzinfo=UTC)
PAIR = KeyPair(Curve.ED25519, b"\x05" * 32)
KEK = KeyLock(b"\x01" * 32)
FAST = PassphraseLock("durian", log2_n=10)


def entropy():
    counter = itertools.count(1)
    return lambda size: bytes([next(counter) % 256]) * size


def stored(key_id="seller", pair=PAIR):
    return StoredKey(
        id=key_id,
        did=did_key(pair.public),
        method_id=key_method_id(pair.public),
        curve=pair.curve,
        public=pair.public.multikey,
        custody=Custody.HELD,
        created=NOW,
    )


@pytest.mark.parametrize("lock", [KEK, FAST], ids=["kek", "passphrase"])
def test_key_comes_back_and_its_file_tells_nothing(tmp_path, lock):
    store = KeyStore(tmp_path / "keys")
    path = store.save(stored(), PAIR, lock=lock, entropy=entropy())
    assert store.load("seller", lock) == PAIR
    assert store.list() == (stored(),)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_bytes()
    assert PAIR.secret not in text
    assert PAIR.secret.hex().encode() not in text
    assert PAIR.to_secret_multikey().encode() not in text
    assert [each.name for each in path.parent.iterdir()] == ["seller.key.json"]


def test_another_secret_does_not_open(tmp_path):
    store = KeyStore(tmp_path)
    store.save(stored(), PAIR, lock=FAST, entropy=entropy())
    with pytest.raises(KeyStoreError, match="does not open"):
        store.load("seller", PassphraseLock("Durian", log2_n=10))
    with pytest.raises(KeyStoreError, match="locked by scrypt"):
        store.load("seller", KEK)


def test_same_key_sealed_twice_looks_different(tmp_path):
    randomness = entropy()
    store = KeyStore(tmp_path)
    one = store.save(stored("a"), PAIR, lock=KEK, entropy=randomness).read_bytes()
    two = store.save(stored("b"), PAIR, lock=KEK, entropy=randomness).read_bytes()
    assert json.loads(one)["sealed"] != json.loads(two)["sealed"]


def test_taken_id_keeps_its_key(tmp_path):
    store = KeyStore(tmp_path)
    store.save(stored(), PAIR, lock=KEK, entropy=entropy())
    other = KeyPair(Curve.ED25519, b"\x06" * 32)
    with pytest.raises(KeyStoreError, match="already"):
        store.save(stored(pair=other), other, lock=KEK, entropy=entropy())
    assert store.load("seller", KEK) == PAIR
    assert len(list(tmp_path.iterdir())) == 1


def test_relock(tmp_path):
    store = KeyStore(tmp_path)
    store.save(stored(), PAIR, lock=KEK, entropy=entropy())
    store.relock("seller", lock=KEK, to=FAST, entropy=entropy())
    assert store.load("seller", FAST) == PAIR
    with pytest.raises(KeyStoreError):
        store.load("seller", KEK)


def test_description_of_another_key_is_refused(tmp_path):
    with pytest.raises(KeyStoreError, match="another key"):
        KeyStore(tmp_path).save(stored(), KeyPair(Curve.ED25519, b"\x09" * 32), lock=KEK, entropy=entropy())


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file["key"].update(did="did:web:thief.example"),
        lambda file: file["key"].update(methodId="did:web:thief.example#key-1"),
        lambda file: file["key"].update(custody="own"),
        lambda file: file["key"].update(curve="P-256"),
        lambda file: file["key"].update(created="2020-01-01T00:00:00Z"),
        lambda file: file["lock"].update(salt="AAAA"),
        lambda file: file.update(nonce="AAAAAAAAAAAAAAAA"),
        lambda file: file.update(nonce="AAAA"),
        lambda file: file.update(sealed=file["sealed"][:-2] + "AA"),
        lambda file: file.update(sealed="A"),
    ],
)
def test_changed_file_does_not_open(tmp_path, change):
    store = KeyStore(tmp_path)
    path = store.save(stored(), PAIR, lock=KEK, entropy=entropy())
    file = json.loads(path.read_text())
    change(file)
    path.write_text(json.dumps(file))
    with pytest.raises(KeyStoreError):
        store.load("seller", KEK)


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_other_version_is_named(tmp_path, version):
    store = KeyStore(tmp_path)
    path = store.save(stored(), PAIR, lock=KEK, entropy=entropy())
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": version}))
    with pytest.raises(KeyStoreError, match="version"):
        store.load("seller", KEK)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_no_file_breaks_the_store(tmp_path, data):
    (tmp_path / "x.key.json").write_bytes(data)
    with pytest.raises(KeyStoreError):
        KeyStore(tmp_path).load("x", KEK)


def test_file_under_another_name_is_refused(tmp_path):
    store = KeyStore(tmp_path)
    path = store.save(stored(), PAIR, lock=KEK, entropy=entropy())
    path.rename(tmp_path / "buyer.key.json")
    with pytest.raises(KeyStoreError, match="damaged"):
        store.load("buyer", KEK)


@pytest.mark.parametrize("key_id", ["", "../x", "a/b", "A", "a" * 61, ".x"])
def test_id_that_is_no_name_is_refused(tmp_path, key_id):
    with pytest.raises(KeyStoreError):
        KeyStore(tmp_path).load(key_id, KEK)


def test_absent_key_is_named(tmp_path):
    with pytest.raises(KeyStoreError, match="no key nobody"):
        KeyStore(tmp_path / "none").load("nobody", KEK)
    assert KeyStore(tmp_path / "none").list() == ()


@pytest.mark.parametrize("params", [{"log2N": 40}, {"log2N": 9}, {"r": 64}, {"p": 9}, {"salt": ""}, {"log2N": True}])
def test_cost_that_could_exhaust_the_machine_is_refused(params):
    usual = {"salt": "AAAA", "log2N": 10, "r": 8, "p": 1}
    assert FAST.sealing_key(usual)
    with pytest.raises(KeyStoreError):
        FAST.sealing_key(usual | params)


def test_locks_do_not_show_their_secret():
    assert "durian" not in repr(FAST)
    assert "1" not in repr(KEK)


def test_key_encryption_key_is_made_once_and_guarded(tmp_path):
    path = kek_path(tmp_path, {})
    assert path == tmp_path / "secret" / "kek"
    assert kek_path(tmp_path, {"ENTREPOT_KEY_FILE": "/run/kek"}).as_posix() == "/run/kek"
    with pytest.raises(KeyStoreError, match="no key-encryption key"):
        open_kek(path)
    made = open_kek(path, entropy())
    assert open_kek(path, lambda size: b"\xaa" * size) == made == open_kek(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    with pytest.raises(KeyStoreError, match="others can read"):
        open_kek(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(KeyStoreError, match="32 bytes"):
        open_kek(path)


@pytest.mark.parametrize("folder", ["keys", "update-keys", "next-keys"])
def test_a_lost_key_encryption_key_is_not_replaced(tmp_path, folder):
    path = kek_path(tmp_path, {})
    lock = open_kek(path, entropy(), data=tmp_path)
    KeyStore(tmp_path / folder).save(stored(), PAIR, lock=lock, entropy=entropy())
    assert open_kek(path, entropy(), data=tmp_path) == lock
    path.unlink()
    with pytest.raises(KeyStoreError, match="cannot be opened without it"):
        open_kek(path, entropy(), data=tmp_path)
    assert not path.exists()


def test_keys_under_a_passphrase_need_no_key_encryption_key(tmp_path):
    KeyStore(tmp_path / "keys").save(stored(), PAIR, lock=FAST, entropy=entropy())
    assert open_kek(kek_path(tmp_path, {}), entropy(), data=tmp_path)


def test_write_is_synced_before_it_counts(tmp_path, monkeypatch):
    """The order is what survives a power cut: contents synced, then the name given, then the directory synced."""
    import os

    from entrepot.party import keystore

    steps = []
    real_sync = os.fsync
    monkeypatch.setattr(
        keystore.os,
        "fsync",
        lambda handle: (steps.append("dir" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"), real_sync(handle)),
    )
    real_link = type(tmp_path).hardlink_to
    monkeypatch.setattr(
        type(tmp_path), "hardlink_to", lambda self, target: (steps.append("name"), real_link(self, target))[1]
    )
    assert write_durably(tmp_path / "x", b"1")
    assert steps == ["file", "name", "dir"]
    assert not write_durably(tmp_path / "x", b"2")
    assert (tmp_path / "x").read_bytes() == b"1"
    assert write_durably(tmp_path / "x", b"3", replace=True)
    assert (tmp_path / "x").read_bytes() == b"3"


def test_party_folder_keeps_parties(tmp_path):
    folder, randomness = PartyFolder(tmp_path), entropy()
    key = folder.create(NewParty(party=Party(name="Kedai", economy="MY")), lock=KEK, now=NOW, entropy=randomness)
    web = folder.create(
        NewParty(party=Party(name="B"), domain="b.example:8443", path=("x",), curve=Curve.P256, custody=Custody.OWN),
        lock=FAST,
        now=NOW,
        entropy=randomness,
    )
    assert {each.id for each in folder.list()} == {key.id, web.id}
    assert folder.show(key.id) == key
    assert key.id == party_id(key.party.did)
    assert web.party.did == "did:web:b.example%3A8443:x"
    document = json.loads(folder.document_path(web.id).read_text())
    assert document["id"] == web.party.did
    public = folder.keys(Custody.OWN).load(web.id, FAST).public
    assert document["verificationMethod"][0]["publicKeyMultibase"] == public.multikey
    assert folder.keys(Custody.OWN).describe(web.id).custody is Custody.OWN
    assert [each.id for each in folder.keys(Custody.HELD).list()] == [key.id], "what a node opens when it starts"
