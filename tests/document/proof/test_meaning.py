"""Statements of JSON-LD documents: as PyLD makes them, in safe mode, within bounds, and for the published vectors."""

import hashlib
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyld.canon import URDNA2015

from entrepot.base.canonical import canonical
from entrepot.document.proof import context as context_module
from entrepot.document.proof.context import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    DATA_INTEGRITY_V2,
    PINS,
    RECORD_V1,
    ContextError,
    carried,
)
from entrepot.document.proof.credential import credential_of
from entrepot.document.proof.integrity import canonical_text, hash_data, holds, proof_options, proof_signature
from entrepot.document.proof.jsonld import QUADS_MAX, quads_of
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.meaningless import meaningless
from entrepot.document.proof.named import contexts_for, read_contexts
from entrepot.document.proof.rdf import NotRdfError, canonical_lines
from entrepot.document.proof.securing import Terms
from entrepot.party.did import key_method_id
from entrepot.party.key import KeyPair

DATA = os.environ.get("ENTREPOT_TEST_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
ROOT = Path(DATA or "/") / "identity-documents"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
SUITES = {
    "eddsa-rdfc-2022": ("w3c-vc-di-eddsa", "eddsa-rdfc-2022", "DataInt", "keyPair.json"),
    "ecdsa-rdfc-2019": ("w3c-vc-di-ecdsa", "ecdsa-rdfc-2019-p256", "ECDSAP256", "p256KeyPair.json"),
}
T = "https://chamber.example/terms#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TERMS = {
    "@context": {
        "@protected": True,
        "t": T,
        "Thing": {"@id": T + "Thing", "@context": {"@protected": True, "own": T + "own"}},
        "Other": T + "Other",
        **{name: T + name for name in ("a", "b", "part")},
        "link": {"@id": T + "link", "@type": "@id"},
        "word": {"@id": T + "word", "@type": "@vocab"},
        "when": {"@id": T + "when", "@type": XSD + "dateTime"},
        "size": {"@id": T + "size", "@type": XSD + "double"},
        "list": {"@id": T + "list", "@container": "@list"},
        "set": {"@id": T + "set", "@container": "@set"},
        "said": {"@id": T + "said", "@container": "@language"},
        "here": {"@id": T + "here", "@language": "th"},
        "data": {"@id": T + "data", "@type": "@json"},
        "graph": {"@id": T + "graph", "@container": "@graph"},
        "inside": {"@id": T + "inside", "@context": {"deep": T + "deep"}},
    }
}
URL = "https://chamber.example/terms/v1"
MADE = Contexts({URL: TERMS})


def theirs(document):
    """The canonical statements that PyLD makes."""

    def load(url, _):
        text = TERMS if url == URL else carried(url)
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": text}

    dataset = jsonld.to_rdf(document, {"documentLoader": load, "rdfDirection": "i18n-datatype"})
    text = URDNA2015().main(dataset, {"format": "application/n-quads"})
    # A data set holds a statement once; PyLD may write an empty list twice.
    return "".join(dict.fromkeys(re.findall(r"[^\n]*\n", text)))


def ours(document):
    return canonical_text(document, MADE)


def vector(suite, name):
    folder, inner, mark, _ = SUITES[suite]
    stem, _, ending = name.partition(".")
    return (ROOT / folder / inner / f"{stem}{mark}.{ending}").read_text()


def examples():
    return Contexts({EXAMPLES: json.loads((ROOT / "contexts/w3c/credentials-examples-v2.json").read_text())})


@needs_data
@pytest.mark.parametrize("suite", SUITES)
def test_every_intermediate_value_is_reproduced(suite, desk):
    folder, _, _, name = SUITES[suite]
    unsigned = json.loads((ROOT / folder / "unsigned.json").read_text())
    published = json.loads((ROOT / folder / name).read_text())
    key = KeyPair.from_secret_multikey(published.get("privateKeyMultibase") or published["secretKeyMultibase"])
    options = proof_options(unsigned, suite, key_method_id(key.public), "2023-02-24T23:36:38Z")
    config = json.loads(vector(suite, "proofConfig.json"))
    contexts = examples()
    assert {**options, "@context": unsigned["@context"]} == config
    document, proof = canonical_text(unsigned, contexts), canonical_text(config, contexts)
    assert document == vector(suite, "canonDoc.txt")
    assert proof == vector(suite, "proofCanon.txt")
    assert hashlib.sha256(document.encode()).hexdigest() == vector(suite, "docHash.txt")
    assert hashlib.sha256(proof.encode()).hexdigest() == vector(suite, "proofHash.txt")
    assert hash_data(unsigned, options, contexts=contexts).hex() == vector(suite, "combinedHash.txt")
    signed = json.loads(vector(suite, "signed.json"))
    assert signed["proof"]["proofValue"] == vector(suite, "sigBTC58.txt")
    assert proof_signature(signed["proof"]).hex() == vector(suite, "sigHex.txt")
    assert holds(signed, signed["proof"], key.public, contexts=contexts)
    assert not holds({**signed, "name": "x"}, signed["proof"], key.public, contexts=contexts)
    report = desk.judged(json.dumps(signed).encode(), given=desk.given(contexts))
    assert report.results["integrity"].code == "signature-holds"


@needs_data
@pytest.mark.parametrize(
    ("url", "file"), [(CREDENTIALS_V2, "credentials-v2.json"), (DATA_INTEGRITY_V2, "data-integrity-v2.json")]
)
def test_carried_contexts_mean_what_the_w3c_published(url, file):
    published = (ROOT / "contexts/w3c" / file).read_bytes()
    pins = {
        CREDENTIALS_V2: "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        DATA_INTEGRITY_V2: "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    }
    assert hashlib.sha256(published).hexdigest() == pins[url]
    assert carried(url) == json.loads(published)


def test_a_context_that_is_not_the_pinned_one_is_refused(monkeypatch):
    monkeypatch.setattr(context_module, "PINS", {**PINS, DATA_INTEGRITY_V2: "0" * 64})
    with pytest.raises(ContextError):
        carried.__wrapped__(DATA_INTEGRITY_V2)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\x08\x0b\x0c\x7f"), max_size=6).filter(
    lambda text: all(ord(each) > 0x1F or each in "\t\n\r" for each in text)
)
scalars = st.one_of(
    st.booleans(), st.integers(1 - 2**53, 2**53 - 1), texts, st.sampled_from([1.5, -0.25, 1.5e-7, 1e22, 0.1, 123.456])
)
links = st.sampled_from(["urn:x:1", "urn:x:2", "did:example:a#b", "t:short", "https://x.example/?q=é"])


def nodes(inner):
    return st.fixed_dictionaries(
        {},
        optional={
            "id": links,
            "type": st.sampled_from(["Thing", "Other", ["Thing", "Other"], "t:Made", "urn:type"]),
            "a": inner | st.lists(inner, max_size=3),
            "part": inner,
            "link": links | st.lists(links, max_size=2),
            "word": st.sampled_from(["Thing", "a", "urn:z"]),
            "when": texts,
            "size": st.sampled_from([1, 2.5, "3.5", "x", 10**22]),
            "list": st.lists(inner, max_size=3),
            "set": st.lists(inner, max_size=2),
            "said": st.dictionaries(st.sampled_from(["en", "zh-Hant", "@none"]), texts | st.lists(texts, max_size=2)),
            "here": texts,
            "data": st.recursive(scalars | st.none(), lambda deeper: st.lists(deeper, max_size=2)),
            "graph": st.fixed_dictionaries({"a": texts}, optional={"graph": st.fixed_dictionaries({"a": texts})}),
            "inside": st.fixed_dictionaries({"deep": texts}),
            "b": st.fixed_dictionaries({"@value": texts, "@language": st.just("en"), "@direction": st.just("rtl")})
            | st.fixed_dictionaries({"@value": texts, "@type": st.just("when")})
            | st.fixed_dictionaries({"@list": st.lists(texts, max_size=2)})
            | st.fixed_dictionaries({"@set": st.lists(texts, max_size=2)}),
        },
    )


@settings(max_examples=150, deadline=None)
@given(subject=st.recursive(scalars, nodes, max_leaves=12).filter(lambda value: isinstance(value, dict)))
def test_statements_are_those_of_pyld(subject):
    document = {
        "@context": [CREDENTIALS_V2, URL],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:i",
        "credentialSubject": subject,
    }
    assert ours(document) == theirs(document)


@settings(max_examples=60, deadline=None)
@given(
    edges=st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["a", "part"]), st.integers(0, 5)), min_size=1, max_size=10
    )
)
def test_alike_nodes_are_named_as_pyld_names_them(edges):
    """Graphs of nodes that only their ties tell apart. (PyLD counts a statement of a node about itself twice.)"""
    members = [{"id": f"_:n{one}", name: {"id": f"_:n{two}"}} for one, name, two in edges if one != two]
    document = {"@context": [CREDENTIALS_V2, URL], "type": ["VerifiableCredential"], "credentialSubject": members}
    assert ours(document) == theirs(document)


def test_record_has_statements_in_which_every_member_counts(desk):
    whole = credential_of(desk.record())
    text = canonical_text(whole, CARRIED)
    for path in desk.leaves(whole):
        if path[0] == "@context" or path[-1] == "none":
            continue
        try:
            other = canonical_text(desk.changed(whole, path, "urn:altered"), CARRIED)
        except NotRdfError:
            other = ""
        assert other != text, path
    assert RECORD_V1 in whole["@context"]


def subject(**members):
    return {"@context": [CREDENTIALS_V2, URL], "type": ["VerifiableCredential"], "credentialSubject": members}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (subject(unheard="x"), "term-undefined"),
        (subject(a={"unheard": "x"}), "term-undefined"),
        (subject(own="x"), "term-undefined"),
        (subject(inside={"a": {"deep": {"b": 1}}}, deep="x"), "term-undefined"),
        (subject(link="relative"), "reference-relative"),
        (subject(id="relative"), "reference-relative"),
        (subject(type="Unheard"), "reference-relative"),
        (subject(id="urn:x> <urn:p> <urn:o> .\n<urn:y"), "reference-relative"),
        (subject(link="urn:x y"), "reference-relative"),
        (subject(id="_:b0 <urn:p>"), "json-ld-invalid"),
        (subject(id=5), "json-ld-invalid"),
        (subject(id="urn:x", **{"@id": "urn:y"}), "json-ld-invalid"),
        (subject(b={"@value": "x", "@type": T, "@language": "en"}), "json-ld-invalid"),
        (subject(b={"@value": "x", "@index": "y"}), "json-ld-invalid"),
        (subject(b={"@value": "x", "@language": 'en"@y'}), "json-ld-invalid"),
        (subject(b={"@value": ["x"]}), "json-ld-invalid"),
        (subject(said={"en x": "y"}), "json-ld-invalid"),
        (subject(**{"@reverse": {"a": "urn:x"}}), "json-ld-unsupported"),
        (subject(**{"@included": []}), "json-ld-unsupported"),
        (subject(**{"@graph": []}), "json-ld-unsupported"),
        (subject(**{"@context": {"a": "urn:other"}}), "term-redefined"),
        (subject(**{"@context": None}), "context-invalid"),
        (subject(**{"@context": ["https://unheard.example/"]}), "context-unknown"),
        (subject(**{"@context": {"@import": "https://unheard.example/"}}), "context-unknown"),
        (subject(**{"@context": {f"x{n}": "urn:" + "y" * 100 for n in range(400)}}), "context-too-large"),
        (subject(**{"@context": [URL] * 20}), "context-too-many"),
        (
            subject(**{"@context": {"x": {"@id": "urn:x", "@container": "@index"}}, "x": {"i": 1}}),
            "json-ld-unsupported",
        ),
        (subject(**{"@context": {"x": {"@reverse": "urn:x"}}, "x": {"a": 1}}), "json-ld-unsupported"),
        (subject(**{"@context": {"x": 5}}), "context-invalid"),
        (subject(data=2**60), "not-canonical"),
        ({"@context": "https://unheard.example/"}, "context-unknown"),
        ({"a": 1}, "term-undefined"),
    ],
)
def test_nothing_is_passed_over(document, code, desk):
    with pytest.raises(NotRdfError) as caught:
        ours(document)
    assert caught.value.error_code == code
    signed = json.loads(desk.signed(desk.vc_of(), securing="eddsa-rdfc-2022"))
    report = desk.judged(json.dumps({**document, "proof": signed["proof"]}).encode(), given=desk.given(MADE))
    assert not report.is_valid
    assert report.results["integrity"].code == code


def test_large_and_tangled_documents_are_refused_in_time():
    with pytest.raises(NotRdfError) as caught:
        quads_of(subject(a=list(range(QUADS_MAX))), MADE)
    assert caught.value.error_code == "rdf-too-large"
    ring = [{"id": f"_:n{one}", "a": [{"id": f"_:n{two}"} for two in range(12) if two != one]} for one in range(12)]
    with pytest.raises(NotRdfError) as caught:
        canonical_lines(quads_of({**subject(), "credentialSubject": ring}, MADE))
    assert caught.value.error_code == "rdf-too-complex"
    alike = [{"part": {"a": 1}} for _ in range(300)]
    assert len(canonical_lines(quads_of(subject(part=alike), MADE))) > 600


def test_context_given_for_one_document_does_not_serve_another():
    one, two = (Contexts({"urn:c": {"@context": {"x": f"urn:{name}"}}}) for name in ("one", "two"))
    document = {"@context": ["urn:c"], "x": "1"}
    assert "<urn:one>" in canonical_text(document, one)
    assert "<urn:two>" in canonical_text(document, two)
    assert CREDENTIALS_V1 in Contexts({CREDENTIALS_V1: {"@context": {}}})
    assert carried(CREDENTIALS_V2) != {}


def test_context_files_are_told_apart():
    text = {"@context": {"x": "urn:x"}}
    named, unnamed = read_contexts(
        [("", canonical(text)), ("urn:a", canonical(text)), ("", canonical({"urn:b": text}))]
    )
    assert (named, unnamed) == ({"urn:a": text, "urn:b": text}, [text])
    document = {"@context": [CREDENTIALS_V2, "urn:new"]}
    assert contexts_for(document, named, unnamed)["urn:new"] == text
    assert contexts_for({"@context": ["urn:n", "urn:m"]}, named, unnamed) == named
    for wrong in (b"[]", b"{", b"{}", b'{"x": 1}'):
        with pytest.raises(Exception, match="context"):
            read_contexts([("", wrong)])


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019", "ecdsa-sd-2023"])
def test_record_is_secured_by_its_meaning(suite, desk):
    from entrepot.party.key import Curve

    curve = Curve.ED25519 if suite.startswith("eddsa") else Curve.P256
    data = desk.secured(suite, curve, terms=Terms(entropy=lambda count: b"\x05" * count, mandatory=[""]))
    report = desk.judged(data)
    assert report.is_valid, report.results["integrity"]
    assert report.record == desk.record(curve)
    altered = data.replace(b"INV-1", b"INV-2")
    assert desk.judged(altered).results["integrity"].status == "invalid"


def test_everything_without_a_meaning_is_named_with_its_place():
    document = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential", "Unheard"],
        "issuer": "no-url",
        "odd": {"odder": 1},
        "credentialSubject": [{"id": "also none"}, {"name": "known", "color": "red", "size": 1}],
    }
    found = meaningless(document, CARRIED)
    assert [(path, wrong.error_code) for path, wrong in found] == [
        ("$.type[1]", "reference-relative"),
        ("$.issuer", "reference-relative"),
        ("$.odd", "term-undefined"),
        ("$.credentialSubject[0].id", "reference-relative"),
        ("$.credentialSubject[1].color", "term-undefined"),
        ("$.credentialSubject[1].size", "term-undefined"),
    ]


def test_contexts_that_are_not_known_are_all_named():
    document = {"@context": [CREDENTIALS_V2, "https://a.example", "https://b.example"], "type": "VerifiableCredential"}
    ((path, wrong),) = meaningless(document, CARRIED)
    assert (path, wrong.error_code, wrong.is_wrong) == ("$", "context-unknown", False)
    assert "https://a.example, https://b.example" in wrong.message
