"""Editions of anchor lists: no way back, two texts under one number are shown, an overdue list no longer vouches."""

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from entrepot.base.shape import dump
from entrepot.party.anchor import Anchor, AnchorList, Anchors, Standing, read_anchors, scheme_uri
from entrepot.party.edition import FileMemory, RunMemory, admit, edition_of, sign_list
from entrepot.party.error import PartyError
from entrepot.party.key import Curve, KeyPair

AT = datetime(2026, 5, 1, tzinfo=UTC)
SIGNER, OTHER = KeyPair(Curve.ED25519, b"\x03" * 32), KeyPair(Curve.P256, b"\x04" * 32)
NUMBERS = itertools.count()
REGISTER = "did:web:register.example"


def edition(sequence=4, *, economy="SG", signer=SIGNER, **more):
    entry = Anchor(did=REGISTER, role="registrar", name="A register", since=AT - timedelta(days=300), **more)
    return AnchorList(
        version=1,
        economy=economy,
        sequence=sequence,
        issued=AT - timedelta(days=10),
        anchors=(entry,),
        next_update=AT + timedelta(days=10),
        signer=signer.public.multikey if signer else None,
    )


@pytest.fixture(params=["run", "file"])
def memory(request, tmp_path):
    return RunMemory() if request.param == "run" else FileMemory(tmp_path / "seen" / "editions.json")


def ids(findings):
    return [each.id for each in findings]


def test_an_older_edition_is_refused_and_a_newer_one_remembered(memory):
    assert admit(edition(4), memory) == ()
    assert ids(admit(edition(3), memory)) == ["ENT-CORE-ANCHOR-04"]
    assert admit(edition(4), memory) == ()
    assert admit(edition(6), memory) == ()
    assert ids(admit(edition(4), memory)) == ["ENT-CORE-ANCHOR-04"]
    assert memory.highest("SG", SIGNER.public.multikey) == edition_of(edition(6))


def test_two_texts_under_one_number_are_shown(memory):
    one, two = edition(4), edition(4, withdrawn=True)
    assert admit(one, memory) == ()
    (found,) = admit(two, memory)
    assert found.id == "ENT-CORE-ANCHOR-05"
    assert edition_of(one).digest in found.text
    assert edition_of(two).digest in found.text
    assert admit(one, memory) == ()


def test_each_economy_and_each_signer_counts_for_itself(memory):
    assert admit(edition(9), memory) == ()
    assert admit(edition(1, economy="MY"), memory) == ()
    assert admit(edition(1, signer=OTHER), memory) == ()
    assert admit(edition(1, signer=None), memory) == ()
    assert ids(admit(edition(8), memory)) == ["ENT-CORE-ANCHOR-04"]


def test_a_file_outlives_the_run_and_a_damaged_one_is_not_passed_over(tmp_path):
    path = tmp_path / "editions.json"
    assert admit(edition(4), FileMemory(path)) == ()
    assert ids(admit(edition(3), FileMemory(path))) == ["ENT-CORE-ANCHOR-04"]
    FileMemory(path).remember(edition_of(edition(2)))
    assert FileMemory(path).highest("SG", SIGNER.public.multikey).sequence == 4
    path.write_text('{"version": 1, "editions": [}')
    with pytest.raises(PartyError) as wrong:
        admit(edition(1), FileMemory(path))
    assert wrong.value.error_code == "anchor-memory"


def test_what_is_signed_is_read_back():
    listed = edition(4)
    found, findings = read_anchors(sign_list(listed, SIGNER).encode(), signers=[OTHER.public, SIGNER.public])
    assert (found, findings) == (listed, ())
    assert read_anchors(sign_list(listed, OTHER).encode(), signers=[SIGNER.public])[0] is None


def test_an_overdue_list_no_longer_vouches_and_still_takes_back():
    due = AT + timedelta(days=10)
    fresh, late = due, due + timedelta(seconds=1)
    anchors = Anchors((edition(),))
    assert anchors.anchored(REGISTER, "registrar", "SG", at=fresh) is Standing.YES
    assert anchors.anchored(REGISTER, "registrar", "SG", at=late) is Standing.UNKNOWN
    assert anchors.overdue(REGISTER, at=late) == edition()
    assert anchors.overdue(REGISTER, at=fresh) is None
    assert Anchors((edition(withdrawn=True),)).anchored(REGISTER, at=late) is Standing.NO
    complete = replace(edition(), complete=("registrar",))
    assert Anchors((complete,)).anchored("did:web:other.example", "registrar", at=fresh) is Standing.NO
    assert Anchors((complete,)).anchored("did:web:other.example", "registrar", at=late) is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("schemes", "asked", "answer"),
    [
        ((), scheme_uri("uen", "SG"), Standing.YES),
        ((), scheme_uri("brn", "MY"), Standing.UNKNOWN),
        ((), scheme_uri("lei"), Standing.UNKNOWN),
        ((), "https://register.example/numbers", Standing.UNKNOWN),
        ((scheme_uri("lei"),), scheme_uri("lei"), Standing.YES),
        ((scheme_uri("lei"),), scheme_uri("uen", "SG"), Standing.UNKNOWN),
        (("https://register.example/numbers",), "https://register.example/numbers", Standing.YES),
    ],
)
def test_a_registrar_speaks_for_its_own_schemes_alone(schemes, asked, answer):
    assert Anchors((edition(schemes=schemes),)).registrar_of(REGISTER, asked, at=AT) is answer


def test_a_complete_list_excludes_other_registrars_of_its_economy_alone():
    anchors = Anchors((replace(edition(), complete=("registrar",)),))
    assert anchors.registrar_of("did:web:other.example", scheme_uri("uen", "SG"), at=AT) is Standing.NO
    assert anchors.registrar_of("did:web:other.example", scheme_uri("brn", "MY"), at=AT) is Standing.UNKNOWN


def run(*words):
    from entrepot.cli import entrepot

    return CliRunner().invoke(entrepot, ["party", "anchors", *map(str, words)], standalone_mode=False)


def test_commands_sign_and_check(tmp_path):
    from entrepot.cli import entrepot

    data = tmp_path / "data"
    made = CliRunner().invoke(
        entrepot, ["party", "create", "--name", "A list", "--economy", "SG", "--data", str(data), "--json"]
    )
    party = json.loads(made.output)
    old, new, memory = tmp_path / "old.json", tmp_path / "new.json", tmp_path / "seen.json"
    for file, sequence in ((old, 3), (new, 4)):
        text = dump(replace(edition(sequence), signer=None, next_update=None))
        file.write_text(json.dumps(text))
        signed = run("sign", file, "--by", party["id"], "--data", data, "--out", file.with_suffix(".jws"), "--json")
        assert signed.return_value == 0, signed.output
        assert json.loads(signed.stdout)["sequence"] == sequence
    options = ("--anchor-signer", party["did"], "--anchor-memory", memory, "--json")
    checked = run("check", new.with_suffix(".jws"), "--did", REGISTER, *options)
    assert checked.return_value == 0
    assert json.loads(checked.stdout)["entries"][0]["role"] == "registrar"
    again = run("check", old.with_suffix(".jws"), *options)
    assert again.return_value == 1
    assert json.loads(again.stdout)["findings"][0]["id"] == "ENT-CORE-ANCHOR-04"
    stranger = run("check", new.with_suffix(".jws"), "--anchor-signer", OTHER.public.multikey, "--json")
    assert stranger.return_value == 1


def test_a_publisher_does_not_sign_two_texts_under_one_number(tmp_path):
    from entrepot.cli import entrepot

    data, memory = tmp_path / "data", tmp_path / "signed.json"
    made = CliRunner().invoke(
        entrepot, ["party", "create", "--name", "A list", "--economy", "SG", "--data", str(data), "--json"]
    )
    party = json.loads(made.output)["id"]
    codes = []
    for withdrawn in (False, True):
        file = tmp_path / f"{withdrawn}.json"
        file.write_text(json.dumps(dump(replace(edition(withdrawn=withdrawn), signer=None))))
        codes.append(run("sign", file, "--by", party, "--data", data, "--anchor-memory", memory).return_value)
    assert codes == [0, 1]


def verified(tmp_path, *lists, memory=None):
    """What ``document verify`` says of the anchor of a document by the register itself."""
    from entrepot.document.proof import secure
    from entrepot.document.proof.context import CREDENTIALS_V2
    from entrepot.party.did import document_of

    paper = {"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"], "issuer": REGISTER}
    paper["credentialSubject"] = {"id": "urn:x:1"}
    data = secure(paper, OTHER, method_id=f"{REGISTER}#key-1", securing="vc+jwt", created=AT)
    (tmp_path / "paper.jwt").write_bytes(data)
    (tmp_path / "did.json").write_text(json.dumps(document_of(REGISTER, {"key-1": OTHER.public})))
    words = ["document", "verify", tmp_path / "paper.jwt", "--offline", "--json", "--did-doc", tmp_path / "did.json"]
    words += ["--at", "2026-05-01T00:00:00Z", "--anchor-signer", SIGNER.public.multikey]
    for each in lists:
        file = tmp_path / f"{next(NUMBERS)}.jws"  # what a run was given is kept by the names of its files
        file.write_text(sign_list(each, SIGNER))
        words += ["--anchors", file]
    words += ["--anchor-memory", memory] if memory else []
    return answered(words)


def answered(words):
    from entrepot.cli import entrepot

    done = CliRunner().invoke(entrepot, [str(each) for each in words], standalone_mode=False)
    assert done.exception is None, done.output
    result = json.loads(done.stdout)["results"]["anchor"]
    return result["status"], result["code"]


def test_an_older_edition_in_a_bundle_is_said_to_be_older(tmp_path):
    """The bundle brings edition 3; the verifier has seen edition 4."""
    from entrepot.cli import entrepot

    memory = tmp_path / "seen.json"
    assert verified(tmp_path, edition(4), memory=memory) == ("valid", "anchored")
    (tmp_path / "three.jws").write_text(sign_list(edition(3), SIGNER))
    words = ["document", "bundle", tmp_path / "paper.jwt", "--offline", "--did-doc", tmp_path / "did.json"]
    words += ["--anchors", tmp_path / "three.jws", "--anchor-signer", SIGNER.public.multikey]
    done = CliRunner().invoke(entrepot, [*map(str, words), "--out", str(tmp_path / "bundle")], standalone_mode=False)
    assert done.exception is None, done.output
    asked = ["document", "verify", "--bundle", tmp_path / "bundle", "--offline", "--json", "--require", "anchor"]
    asked += ["--at", "2026-05-01T00:00:00Z", "--anchor-signer", SIGNER.public.multikey]
    assert answered(asked) == ("valid", "anchored"), "who has seen no other edition relies on it"
    assert answered([*asked, "--anchor-memory", memory]) == ("unknown", "anchor-rollback")


def test_a_verification_says_why_a_list_was_not_relied_on(tmp_path):
    memory = tmp_path / "seen.json"
    assert verified(tmp_path, edition(4), memory=memory) == ("valid", "anchored")
    assert verified(tmp_path, edition(3), memory=memory) == ("unknown", "anchor-rollback")
    assert verified(tmp_path, edition(4, withdrawn=True), memory=memory) == ("unknown", "anchor-equivocation")
    assert verified(tmp_path, edition(5), memory=memory) == ("valid", "anchored")
    assert verified(tmp_path, edition(4), memory=memory) == ("unknown", "anchor-rollback")


def test_of_two_lists_that_contradict_each_other_neither_counts(tmp_path):
    assert verified(tmp_path, edition(4), edition(4, withdrawn=True)) == ("unknown", "anchor-equivocation")
    assert verified(tmp_path, edition(4), edition(4)) == ("valid", "anchored")
