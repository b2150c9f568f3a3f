"""The life of a kept identifier: keys come before what names them, and a crash anywhere is brought to its end."""

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest

from entrepot.base.error import EntrepotError, UsageError
from entrepot.party import folder as folder_module
from entrepot.party import keystore
from entrepot.party._webvh10.entry import key_hash
from entrepot.party.compromise import read_marks
from entrepot.party.did import find_method
from entrepot.party.error import KeyStoreError, PartyError
from entrepot.party.folder import NewParty, PartyFolder
from entrepot.party.key import Curve
from entrepot.party.keystore import Custody, KeyLock, KeyStore, PassphraseLock
from entrepot.party.party import Party
from entrepot.party.resolution import Query
from entrepot.party.resolve import DidResolver
from entrepot.party.transfer import Relock, export_party, import_party
from entrepot.party.upkeep import NewHistory, Upkeep
from entrepot.party.webvh import given_log, periods

START = datetime(2026, 1, 1, tzinfo=UTC)
KEK = KeyLock(b"\x01" * 32)
SELLER = NewParty(party=Party(name="Kedai Durian", economy="MY"), domain="kedai.example", path=("trade",))


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch):
    """What reaches the disk is tested where keys are stored; here it would only take time."""
    monkeypatch.setattr(keystore.os, "fsync", lambda _: None)


def day(number):
    return START + timedelta(days=number)


class Home:
    """A folder with one party, and whoever resolves what it publishes."""

    def __init__(self, path, backup=None, **history):
        counter = itertools.count(1)
        self.entropy = lambda size: next(counter).to_bytes(size, "big")
        self.folder = PartyFolder(path)
        self.upkeep = Upkeep(self.folder, lock=KEK, entropy=self.entropy, backup=backup)
        self.kept = self.upkeep.create(SELLER, NewHistory(**history), now=START)

    def resolver(self, *marks):
        return DidResolver(logs=[given_log(self.folder.log(self.kept.id))], marks=marks, clock=lambda: day(100))

    def document(self, at=None):
        return self.resolver().lookup(self.kept.party.did, Query(at=at)).document

    def signs_with_the_listed_key(self):
        pair = self.folder.keys(Custody.HELD).load(self.kept.id, KEK)
        stored = self.folder.keys(Custody.HELD).describe(self.kept.id)
        listed = find_method(self.document(), self.kept.method_id, "assertionMethod")
        return (
            listed.key == pair.public and stored.method_id == self.kept.method_id and stored.did == self.kept.party.did
        )


def test_a_new_party_resolves_and_is_a_did_web_too(tmp_path):
    home = Home(tmp_path)
    did = home.kept.party.did
    assert did.startswith("did:webvh:Qm")
    assert did.endswith(":kedai.example:trade")
    assert home.document()["alsoKnownAs"] == ["did:web:kedai.example:trade"]
    assert home.signs_with_the_listed_key()
    web = home.folder.document(home.kept.id)
    assert web["id"] == "did:web:kedai.example:trade"
    assert web["alsoKnownAs"] == [did]
    found = find_method(web, "did:web:kedai.example:trade#key-1", "assertionMethod")
    assert found.key == find_method(home.document(), home.kept.method_id).key
    assert "Qm" not in json.dumps({name: value for name, value in web.items() if name != "alsoKnownAs"})


@pytest.mark.parametrize("prerotate", [False, True])
def test_every_rotation_is_remembered(tmp_path, prerotate):
    home = Home(tmp_path, prerotate=prerotate)
    for number in (1, 2, 3):
        home.kept = home.upkeep.rotate(home.kept, now=day(number))
        assert home.signs_with_the_listed_key()
    did = home.kept.party.did
    for number in range(4):
        assert home.document(day(number))["assertionMethod"] == [f"{did}#key-{number + 1}"]
    held = periods(home.resolver().history(did), f"{did}#key-2", "assertionMethod")
    assert [(each.start, each.end) for each in held] == [(day(1), day(2))]
    assert len(home.folder.update_keys.list()) == 1
    assert len(home.folder.next_keys.list()) == int(prerotate)
    assert len({each["publicKeyMultibase"] for each in home.document()["verificationMethod"]}) == 1


def test_pre_rotation_can_begin_later(tmp_path):
    home = Home(tmp_path)
    home.kept = home.upkeep.rotate(home.kept, now=day(1), prerotate=True)
    hashes = home.resolver().history(home.kept.party.did).newest().parameters.next_key_hashes
    assert hashes == tuple(key_hash(each.public) for each in home.folder.next_keys.list())


def test_the_working_keys_do_not_suffice_and_the_copy_does(tmp_path):
    home = Home(tmp_path / "node", backup=KeyStore(tmp_path / "stick"), prerotate=True)
    (only,) = home.folder.next_keys.list()
    home.folder.next_keys.remove(only.id)
    alone = Upkeep(home.folder, lock=KEK, entropy=home.entropy)
    with pytest.raises(PartyError, match="committed to is not here"):
        alone.rotate(home.kept, now=day(1))
    home.kept = home.upkeep.rotate(home.kept, now=day(1))
    assert home.signs_with_the_listed_key()
    assert len(KeyStore(tmp_path / "stick").list()) == 2


@pytest.mark.parametrize("prerotate", [False, True])
def test_a_move_keeps_the_history(tmp_path, prerotate):
    home = Home(tmp_path, prerotate=prerotate)
    old = home.kept.party.did
    home.kept = home.upkeep.move(home.kept, "shop.example:8443", now=day(1))
    new = home.kept.party.did
    assert new == old.replace("kedai.example:trade", "shop.example%3A8443")
    assert home.document()["id"] == new
    assert old in home.document()["alsoKnownAs"]
    assert home.document(START)["id"] == old
    assert home.resolver().lookup(old).document["id"] == new
    assert home.folder.document(home.kept.id)["id"] == "did:web:shop.example%3A8443"
    assert home.signs_with_the_listed_key()
    home.kept = home.upkeep.rotate(home.kept, now=day(2))
    assert home.signs_with_the_listed_key()


def test_what_was_made_fixed_does_not_move(tmp_path):
    home = Home(tmp_path, portable=False)
    with pytest.raises(UsageError, match="not portable"):
        home.upkeep.move(home.kept, "shop.example", now=day(1))
    assert home.document()["id"] == home.kept.party.did


@pytest.mark.parametrize("prerotate", [False, True])
def test_deactivated_for_good(tmp_path, prerotate):
    home = Home(tmp_path, prerotate=prerotate)
    home.kept = home.upkeep.deactivate(home.kept, now=day(1))
    did = home.kept.party.did
    found = home.resolver().lookup(did)
    assert found.is_deactivated
    assert found.document["assertionMethod"] == found.document["verificationMethod"] == []
    assert home.folder.document(home.kept.id)["assertionMethod"] == []
    newest = home.resolver().history(did).newest().parameters
    assert newest.update_keys == newest.next_key_hashes == ()
    assert home.document(START)["assertionMethod"] == [f"{did}#key-1"]
    for act in (home.upkeep.rotate, home.upkeep.deactivate):
        with pytest.raises(UsageError, match="deactivated"):
            act(home.kept, now=day(2))


def test_a_foreign_deactivated_document_gives_no_key_in_force(forge):
    method = {"id": "#k", "type": "Multikey", "controller": "x", "publicKeyMultibase": forge.multikeys[5]}
    entries = forge.next(
        [forge.first(state={"verificationMethod": [method], "assertionMethod": ["#k"]})], deactivated=True
    )
    did = entries[0]["state"]["id"]
    resolver = DidResolver(logs=[given_log(forge.bytes(*entries))], clock=lambda: forge.now)
    assert find_method(resolver.resolve(did).document, f"{did}#k").ceased == datetime(2026, 1, 2, tzinfo=UTC)
    assert find_method(resolver.resolve(did, START).document, f"{did}#k").ceased is None
    assert "revoked" not in json.dumps(resolver.lookup(did).document)


def test_a_marked_key_is_out_of_force_everywhere(tmp_path):
    home = Home(tmp_path)
    did = home.kept.party.did
    home.kept = home.upkeep.rotate(home.kept, now=day(5))
    marks = home.upkeep.compromise(home.kept, since=day(2), now=day(6))
    assert [(each.method, each.since) for each in marks.marks] == [(f"{did}#key-1", day(2))]
    assert read_marks(home.folder.marks_path(home.kept.id).read_bytes()) == marks
    then = home.resolver(marks).resolve(did, day(3))
    assert find_method(then.document, f"{did}#key-1", "assertionMethod").ceased == day(2)
    assert then.marks == marks.marks
    assert find_method(home.resolver().resolve(did, day(3)).document, f"{did}#key-1").ceased is None
    assert find_method(home.resolver(marks).resolve(did).document, f"{did}#key-2", "assertionMethod").ceased is None
    told = home.resolver(marks).lookup(did).to_json()["didResolutionMetadata"]["compromised"]
    assert told[0]["since"] == "2026-01-03T00:00:00Z"


def test_the_next_rotation_publishes_marks_and_nothing_takes_them_back(tmp_path):
    home = Home(tmp_path)
    did = home.kept.party.did
    home.upkeep.compromise(home.kept, since=day(2), now=day(3), method="key-1")
    home.kept = home.upkeep.rotate(home.kept, now=day(4))
    home.kept = home.upkeep.move(home.kept, "shop.example", now=day(5))
    home.kept = home.upkeep.deactivate(home.kept, now=day(6))
    # Nobody needs our file: the log itself says it.
    assert find_method(home.resolver().resolve(did, day(3)).document, f"{did}#key-1").ceased == day(2)


def test_of_two_marks_the_earlier_counts(tmp_path):
    home = Home(tmp_path)
    for since in (5, 3, 4):
        marks = home.upkeep.compromise(home.kept, since=day(since), now=day(6))
    assert [each.since for each in marks.marks] == [day(3)]
    with pytest.raises(UsageError, match="no such key"):
        home.upkeep.compromise(home.kept, since=day(1), now=day(6), method="key-9")


def test_other_methods_live_as_far_as_they_can(tmp_path):
    home = Home(tmp_path)
    web = home.folder.create(SELLER, lock=KEK, now=START, entropy=home.entropy)
    rotated = home.upkeep.rotate(web, now=day(1))
    assert rotated.method_id == "did:web:kedai.example:trade#key-2"
    assert find_method(home.folder.document(web.id), rotated.method_id, "assertionMethod").key == (
        home.folder.keys(Custody.HELD).load(web.id, KEK).public
    )
    home.upkeep.deactivate(rotated, now=day(2))
    assert home.folder.document(web.id)["verificationMethod"] == []
    with pytest.raises(UsageError, match="only a did:webvh moves"):
        home.upkeep.move(rotated, "shop.example", now=day(3))
    key = home.folder.create(NewParty(party=SELLER.party), lock=KEK, now=START, entropy=home.entropy)
    for act in (home.upkeep.rotate, home.upkeep.deactivate):
        with pytest.raises(UsageError, match="did:key"):
            act(key, now=day(1))
    marks = home.upkeep.compromise(key, since=START, now=day(1))
    document = DidResolver(marks=[marks]).resolve(key.party.did).document
    assert find_method(document, key.method_id).ceased == START


def test_documents_may_be_signed_with_p256(tmp_path):
    home = Home(tmp_path)
    wanted = NewParty(party=SELLER.party, domain="a.example", curve=Curve.P256, custody=Custody.OWN)
    own = Upkeep(home.folder, lock=PassphraseLock("durian kampung", log2_n=10), entropy=home.entropy)
    kept = own.rotate(own.create(wanted, NewHistory(prerotate=True), now=START), now=day(1))
    assert home.folder.keys(Custody.OWN).describe(kept.id).curve is Curve.P256


class Crash(Exception):
    """The machine stops."""


@pytest.mark.parametrize("prerotate", [False, True])
@pytest.mark.parametrize("act", ["rotate", "move", "deactivate"])
def test_a_crash_at_any_write_is_brought_to_its_end(tmp_path, monkeypatch, act, prerotate):
    whole = keystore.write_durably

    def run(home):
        more = ("shop.example",) if act == "move" else ()
        return getattr(home.upkeep, act)(home.kept, *more, now=day(1))

    for limit in itertools.count():
        home, writes = Home(tmp_path / str(limit), prerotate=prerotate), itertools.count()

        def stopping(*args, writes=writes, limit=limit, **more):
            if next(writes) == limit:
                raise Crash
            return whole(*args, **more)

        with monkeypatch.context() as patch:
            patch.setattr(keystore, "write_durably", stopping)
            patch.setattr(folder_module, "write_durably", stopping)
            try:
                home.kept = run(home)
                break
            except Crash:
                pass
        kept = home.folder.show(home.kept.id)
        home.kept = home.upkeep.settle(kept, now=day(2))
        if not home.resolver().lookup(home.kept.party.did).is_deactivated:
            assert home.signs_with_the_listed_key()
            home.kept = home.upkeep.rotate(home.kept, now=day(3))
            assert home.signs_with_the_listed_key()
    assert limit > 3


def test_what_is_committed_to_is_on_disk_before(tmp_path, monkeypatch):
    whole, kept = folder_module.write_durably, []

    def watching(path, data, **more):
        if path.name.endswith(".did.jsonl"):
            hashes = json.loads(data.splitlines()[-1])["parameters"]["nextKeyHashes"]
            stored = KeyStore(tmp_path / "next-keys").list()
            kept.append(set(hashes) <= {key_hash(each.public) for each in stored})
        return whole(path, data, **more)

    monkeypatch.setattr(folder_module, "write_durably", watching)
    home = Home(tmp_path, prerotate=True)
    home.upkeep.rotate(home.kept, now=day(1))
    assert kept == [True, True]


def test_nothing_is_written_that_would_not_resolve(tmp_path):
    home = Home(tmp_path)
    before = home.folder.log(home.kept.id)
    with pytest.raises(UsageError, match="not after"):
        home.upkeep.rotate(home.kept, now=START)
    assert home.folder.log(home.kept.id) == before
    home.kept = home.upkeep.rotate(home.kept, now=day(1))
    assert home.signs_with_the_listed_key()


@pytest.mark.parametrize("passphrase", [False, True])
def test_a_party_goes_to_another_machine(tmp_path, passphrase):
    home = Home(tmp_path / "one", prerotate=True)
    home.kept = home.upkeep.rotate(home.kept, now=day(1))
    home.upkeep.compromise(home.kept, since=START, now=day(2))
    phrase, there = PassphraseLock("durian kampung", log2_n=10), KeyLock(b"\x02" * 32) if passphrase else KEK
    data = export_party(home.folder, home.kept, Relock(KEK, phrase, home.entropy) if passphrase else None)
    relock = Relock(phrase, there, home.entropy) if passphrase else None
    other = PartyFolder(tmp_path / "two")
    kept = import_party(other, data, lock=there, relock=relock)
    assert other.log(kept.id) == home.folder.log(home.kept.id)
    assert other.marks(kept) == home.folder.marks(home.kept)
    assert Upkeep(other, lock=there, entropy=home.entropy).rotate(kept, now=day(3)).method_id.endswith("#key-3")
    with pytest.raises(UsageError, match="here already"):
        import_party(other, data, lock=there, relock=relock)


def test_damaged_exports_are_refused(tmp_path):
    home = Home(tmp_path / "one")
    data = export_party(home.folder, home.kept)
    with pytest.raises(KeyStoreError, match="does not open"):
        import_party(PartyFolder(tmp_path / "two"), data, lock=KeyLock(b"\x09" * 32))
    value = json.loads(data)
    for name, bad in (("keys", {"keys/somebody": {}}), ("keys", []), ("log", 1), ("party", {}), ("version", 2)):
        with pytest.raises(EntrepotError):
            import_party(PartyFolder(tmp_path / "three"), json.dumps({**value, name: bad}).encode(), lock=KEK)
    assert not PartyFolder(tmp_path / "two").has(home.kept.id)


def test_the_export_tells_no_secret(tmp_path):
    home = Home(tmp_path, prerotate=True)
    data = export_party(home.folder, home.kept)
    for store in (home.folder.keys(Custody.HELD), home.folder.update_keys, home.folder.next_keys):
        for stored in store.list():
            pair = store.load(stored.id, KEK)
            assert pair.secret.hex().encode() not in data
            assert pair.to_secret_multikey().encode() not in data


def test_nothing_is_signed_under_a_key_that_nobody_would_believe(tmp_path):
    home = Home(tmp_path)

    def signs():
        return home.folder.signing_key(home.kept, KEK).public.multikey

    first = signs()
    home.upkeep.compromise(home.kept, since=day(2), now=day(3))
    with pytest.raises(UsageError, match="compromised"):
        signs()
    home.kept = home.upkeep.rotate(home.kept, now=day(4))
    assert signs() != first
    home.kept = home.upkeep.move(home.kept, "shop.example", now=day(5))
    assert signs() != first
    home.kept = home.upkeep.deactivate(home.kept, now=day(6))
    with pytest.raises(UsageError, match="does not list the key"):
        signs()
