"""Every element has one term of a published vocabulary, and what is signed by its meaning loses nothing."""

import copy
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyld import jsonld

from entrepot.base.record import Content, record_of
from entrepot.document.proof import credential_of, record_of_credential, secure
from entrepot.document.proof.context import PINS, RECORD_V1, carried
from entrepot.document.proof.credential import _rendered
from entrepot.document.proof.jsonld import quads_of
from entrepot.document.proof.meaning import CARRIED
from entrepot.document.proof.named_kind import KIND_CONTEXTS
from entrepot.document.proof.rdf import NotRdfError, canonical_lines
from entrepot.document.proof.securing import Terms
from entrepot.document.proof.selective import derive
from entrepot.document.verify import verify
from entrepot.document.vocabulary.context import context_of, vocabulary
from entrepot.document.vocabulary.table import Table, VocabularyError, elements, table
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

SAMPLES = Path(__file__).parents[3] / "examples" / "durian"
PUBLISHED = os.environ.get("ENTREPOT_TEST_UNCEFACT")
PUBLISHED_SHA256 = "ed374c39b3ab8826287c32593b2112b4106dc39a6a85856ebfa23449d0579d13"
"""uncefact/vocabulary-outputs, commit 51768f9c41be13673bc6d555c8c21c79d9e481a0."""
FILES = {kind: kind for kind in table().kinds.values()} | {"customs-declaration": "customs-declaration-import"}
AT = datetime(2026, 10, 1, tzinfo=UTC)
KEYS = {curve: KeyPair(curve, hashlib.sha256(curve.value.encode()).digest()) for curve in (Curve.ED25519, Curve.P256)}


def record(kind, curve=Curve.ED25519):
    payload = json.loads((SAMPLES / f"{FILES[kind]}.json").read_text("utf-8"))
    content = {"kind": kind, "version": 1, "issuer": did_key(KEYS[curve].public), "number": payload["number"]}
    return record_of(Content(**content, nonce="n" * 22, issued=AT, audience=("did:web:a.example",), payload=payload))


def leaves(value, path=()):
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in pairs:
            yield from leaves(inner, (*path, name))
    else:
        yield path, value


@pytest.mark.parametrize("kind", FILES)
def test_every_element_has_a_term_of_its_own(kind):
    by_shape = {}
    for each in elements(kind):
        by_shape.setdefault(each.shape, {})[each.name] = each.term
    assert sum(map(len, by_shape.values())) > 30
    for shape, terms in by_shape.items():
        assert len(set(terms.values())) == len(terms), shape


def test_an_element_without_term_and_a_term_without_definition_are_refused():
    found = Table({"own": "x:"}, {}, {}, {"Invoice": {"number": "own:number"}})
    with pytest.raises(VocabularyError, match="has no term"):
        found.term("invoice", "Invoice", "issueDate")
    with pytest.raises(VocabularyError, match="is not defined"):
        found.term("invoice", "Invoice", "number")


def test_the_table_holds_nothing_that_no_shape_uses():
    used, spoken = set(), set(table().kinds)
    for kind in FILES:
        for each in elements(kind):
            own = f"{kind}:{each.shape}"
            used.add((own if each.name in table().terms.get(own, {}) else each.shape, each.name))
            spoken.add(each.term.removeprefix("own:"))
    stated = {(shape, name) for shape, terms in table().terms.items() for name in terms if shape != "TradeRecord"}
    # A kind that says something else still leaves the general term to the other kinds.
    assert stated == used
    spoken |= {each.removeprefix("own:") for each in table().terms["TradeRecord"].values()}
    assert set(table().own) == (spoken & set(table().own)) | {"TradeRecord", "TradeRecordCredential"}


@pytest.mark.parametrize("kind", FILES)
def test_the_carried_context_is_the_one_of_the_shape(kind):
    """Where it differs, the shape has changed: add a context with a new name, leave the old one as it is."""
    newest = KIND_CONTEXTS[kind, 1][-1]
    assert carried(newest.url) == context_of(kind)
    assert newest.type == table().type_of(kind)
    assert "@vocab" not in json.dumps(carried(newest.url))


@pytest.mark.brought
@pytest.mark.skipif(not PUBLISHED, reason="ENTREPOT_TEST_UNCEFACT does not name UN/CEFACT's unece-context.jsonld")
def test_every_term_of_un_cefact_is_published():
    data = Path(PUBLISHED).read_bytes()
    assert hashlib.sha256(data).hexdigest() == PUBLISHED_SHA256
    published = json.loads(data)["@context"]
    claimed = {each.term for kind in FILES for each in elements(kind) if each.term.startswith("unece:")}
    assert len(claimed) > 120
    wrong = {each for each in claimed if published.get(each[6:], {}).get("@id") != each}
    assert not wrong
    assert published["unece"] == table().prefixes["unece"]


def test_the_vocabulary_defines_every_term_of_ours():
    graph = {each["id"]: each for each in vocabulary()["@graph"]}
    for kind in FILES:
        for each in elements(kind):
            if each.vocabulary == "Entrepot":
                assert graph[table().iri(each.term)]["comment"].endswith(".")
    assert jsonld.to_rdf(vocabulary(), {"format": "application/n-quads"}).count("rdf-schema#comment") == len(graph)


@pytest.mark.parametrize("kind", FILES)
def test_meaning_drops_nothing(kind):
    """PyLD makes the same statements, as many values as the document has, and every one of them counts."""
    document = credential_of(record(kind))
    ours = canonical_lines(quads_of(document, CARRIED))
    theirs = jsonld.normalize(
        document, {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
    )
    assert "".join(ours) == theirs
    stated = [path for path, _ in leaves({name: each for name, each in document.items() if name != "@context"})]
    assert len(ours) >= len(stated)
    for path, value in leaves(document["credentialSubject"]["payload"]):
        other = copy.deepcopy(document)
        place = other["credentialSubject"]["payload"]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = (
            (not value) if isinstance(value, bool) else value + 1 if isinstance(value, int) else f"{value}1"
        )
        assert canonical_lines(quads_of(other, CARRIED)) != ours, path


def _load(url, _):
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": carried(url)}


@pytest.mark.parametrize("kind", FILES)
def test_a_document_of_every_kind_is_secured_in_every_way(kind):
    for curve, names in (
        (Curve.ED25519, ("vc+jwt", "eddsa-jcs-2022", "eddsa-rdfc-2022", "dc+sd-jwt")),
        (Curve.P256, ("ecdsa-jcs-2019", "ecdsa-rdfc-2019")),
    ):
        for name in names:
            made = secure(
                record(kind, curve),
                KEYS[curve],
                method_id=key_method_id(KEYS[curve].public),
                securing=name,
                created=AT,
                terms=Terms(entropy=os.urandom, mandatory=("",)),
            )
            report = verify(made, resolver=DidResolver(), at=AT)
            assert report.is_valid, (name, report.to_json())
            if name not in ("dc+sd-jwt",):
                assert report.record.id == record(kind, curve).id


def test_a_holder_shows_one_line_of_an_invoice_and_no_other_member():
    key = KEYS[Curve.P256]
    signed = json.loads(
        secure(
            record("invoice", Curve.P256),
            key,
            method_id=key_method_id(key.public),
            securing="ecdsa-sd-2023",
            created=AT,
            terms=Terms(entropy=os.urandom, mandatory=("/issuer", "/validFrom")),
        )
    )
    document = {name: each for name, each in signed.items() if name != "proof"}
    shown = derive(document, signed["proof"], ["/credentialSubject/payload/lines/0/name"], CARRIED)
    payload = shown["credentialSubject"]["payload"]
    assert "totals" not in payload
    assert [set(each) for each in payload["lines"]] == [{"id", "name"}]  # the suite always shows an id
    report = verify(json.dumps(shown).encode(), resolver=DidResolver(), at=AT)
    assert str(report.results["integrity"].status) == "valid"


def test_lines_turned_round_are_another_record():
    """The statements are the same: the lines are a set. The record's digest is not."""
    document = credential_of(record("order"))
    before = canonical_lines(quads_of(document, CARRIED))
    document["credentialSubject"]["payload"]["parties"].reverse()
    assert canonical_lines(quads_of(document, CARRIED)) == before
    assert record_of_credential(document)[0] is None


def test_a_member_that_no_shape_has_is_refused_by_its_meaning():
    document = credential_of(record("packing-list"))
    document["credentialSubject"]["payload"]["smell"] = "strong"
    with pytest.raises(NotRdfError, match="smell"):
        quads_of(document, CARRIED)


@pytest.mark.parametrize("kind", FILES)
def test_what_was_signed_under_the_older_context_is_still_the_record(kind):
    made = record(kind)
    older = _rendered(made, None)
    assert RECORD_V1 in older["@context"]
    assert record_of_credential(older) == (made, ())
    assert record_of_credential(credential_of(made)) == (made, ())
    key = KEYS[Curve.ED25519]
    for name in ("eddsa-jcs-2022", "eddsa-rdfc-2022"):
        signed = secure(older, key, method_id=key_method_id(key.public), securing=name, created=AT)
        assert verify(signed, resolver=DidResolver(), at=AT).is_valid


def test_types_of_another_kind_are_refused():
    made = credential_of(record("invoice"))
    made["credentialSubject"]["type"] = ["TradeRecord", "PackingList"]
    assert [each.id for each in record_of_credential(made)[1]] == ["ENT-CORE-CREDENTIAL-03"]
    other = credential_of(record("invoice"))
    other["@context"][1] = KIND_CONTEXTS["packing-list", 1][0].url
    assert {each.id for each in record_of_credential(other)[1]} == {"ENT-CORE-CREDENTIAL-02", "ENT-CORE-CREDENTIAL-03"}


def test_every_context_of_ours_is_pinned():
    for url, pin in PINS.items():
        assert len(pin) == 64
        assert carried(url)["@context"]
