"""The lists of trust anchors of a node: its operator's own and signed ones, read when it starts, never going back."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from entrepot.base.error import UsageError
from entrepot.base.shape import dump
from entrepot.node.trust import anchors_in
from entrepot.party.anchor import Anchor, AnchorList, Standing
from entrepot.party.did import did_key
from entrepot.party.edition import sign_list
from entrepot.party.error import PartyError
from entrepot.party.key import Curve, KeyPair

AT = datetime(2026, 5, 1, tzinfo=UTC)
SIGNER, OTHER = KeyPair(Curve.ED25519, b"\x03" * 32), KeyPair(Curve.ED25519, b"\x04" * 32)
REGISTER = "did:web:register.example"


def listed(sequence=1, *, economy="SG", **changes):
    entry = Anchor(did=REGISTER, role="registrar", name="A register", since=AT, **changes)
    return AnchorList(version=1, economy=economy, sequence=sequence, issued=AT, anchors=(entry,))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "anchors").mkdir()
    (tmp_path / "anchors" / "signers").write_text(f"# who signs\n{did_key(SIGNER.public)}  # the ministry\n\n")
    return tmp_path


def put(folder, name, made, signer=SIGNER):
    text = sign_list(made, signer) if name.endswith(".jws") else json.dumps(dump(made))
    (folder / "anchors" / name).write_text(text)


def standing(folder, economy="SG"):
    return anchors_in(folder).anchored(REGISTER, "registrar", economy, at=AT)


def test_a_node_without_lists_asks_nobody(tmp_path, folder):
    assert anchors_in(tmp_path / "elsewhere") is None
    assert anchors_in(folder) is None


def test_own_and_signed_lists_are_read(folder):
    put(folder, "sg.jws", listed())
    put(folder, "my.json", listed(economy="MY"))
    assert (standing(folder), standing(folder, "MY")) == (Standing.YES, Standing.YES)


def test_an_older_edition_is_not_relied_on_after_a_restart(folder):
    put(folder, "sg.jws", listed(2))
    assert standing(folder) is Standing.YES
    put(folder, "sg.jws", listed(1))
    found = anchors_in(folder)
    assert (found.lists, [each.id for each in found.refused]) == ((), ["ENT-CORE-ANCHOR-04"])
    put(folder, "sg.jws", listed(3))
    assert standing(folder) is Standing.YES


def test_of_two_that_contradict_each_other_neither_counts(folder):
    put(folder, "a.jws", listed())
    put(folder, "b.jws", listed(withdrawn=True))
    found = anchors_in(folder)
    assert (found.lists, [each.id for each in found.refused]) == ((), ["ENT-CORE-ANCHOR-05"])


def test_a_node_does_not_start_with_a_list_that_nobody_vouches_for(folder):
    put(folder, "sg.jws", listed(), OTHER)
    with pytest.raises(UsageError):
        anchors_in(folder)
    put(folder, "sg.jws", replace(listed(), sequence=2))
    anchors_in(folder)
    (folder / "anchors" / "memory" / "editions.json").write_text("{")
    with pytest.raises(PartyError):
        anchors_in(folder)
    (folder / "anchors" / "signers").write_text("not a key")
    with pytest.raises(UsageError):
        anchors_in(folder)
