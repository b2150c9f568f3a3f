"""A registrar vouches for an issuer: the chain from document to list of trust anchors, and each way to break it."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.error import UsageError
from entrepot.document.identity_anchor import (
    Anchoring,
    RegisteredIdentity,
    anchor_urls,
    entry_uri,
    identity_anchor,
    link_set,
    read_identity_anchor,
    with_anchor,
)
from entrepot.document.proof import secure
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.status import StatusLists, entry_of, new_list, with_status
from entrepot.document.verify import Given, verify
from entrepot.party.anchor import Anchor, AnchorList, Anchors, scheme_uri
from entrepot.party.did import document_of
from entrepot.party.error import FetchError
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
KEYS = {name: KeyPair(Curve.ED25519, bytes([number]) * 32) for number, name in enumerate(["firm", "reg", "mal"], 1)}
DID = {name: f"did:web:{name}.example" for name in KEYS}
WHERE = "https://reg.example/anchors/1"
UEN = scheme_uri("uen", "SG")


def documents(**services):
    made = {name: document_of(DID[name], {"key-1": pair.public}) for name, pair in KEYS.items()}
    return list((made | services).values())


def signed(credential, by):
    return secure(credential, KEYS[by], method_id=f"{DID[by]}#key-1", securing="vc+jwt", created=AT)


def identity(**changes):
    fields = {"did": DID["firm"], "name": "A firm", "number": "200012345A", "scheme": UEN, "scheme_name": "UEN"}
    return RegisteredIdentity(**fields | {"scopes": (f"{UEN}#registered",)} | changes)


def dia(who=None, *, by="reg", registrar=None, until=None, since=AT - DAY, status=()):
    wanted = Anchoring(
        id=WHERE, registrar=DID[registrar or by], registrar_name="A register", since=since, until=until, status=status
    )
    return signed(identity_anchor(who or identity(), wanted), by)


def listed(*, economy="SG", complete=(), **changes):
    entry = Anchor(did=DID["reg"], role="registrar", name="A register", since=AT - 30 * DAY)
    due = AT + DAY
    anchors = (replace(entry, **changes),)
    return AnchorList(
        version=1, economy=economy, sequence=1, issued=AT, anchors=anchors, complete=complete, next_update=due
    )


def document(by="firm"):
    credential = {
        "@context": [CREDENTIALS_V2, "https://example.org/x"],
        "type": ["VerifiableCredential", "PackingList"],
        "issuer": DID[by],
        "credentialSubject": {"id": "urn:x:1"},
    }
    return signed(credential, by)


def answer(*identities, lists=None, at=AT, fetch=None, states=None, **services):
    given = Given(anchors=Anchors((lists or listed(),)), identities=identities, fetch=fetch, lists=states)
    found = verify(document(), resolver=DidResolver(documents=documents(**services)), at=at, given=given)
    result = found.results["anchor"]
    required = verify(
        document(), resolver=DidResolver(documents=documents(**services)), at=at, given=given, require=["anchor"]
    )
    assert required.is_valid == (str(result.status) == "valid")
    return str(result.status), result.code


def test_a_registrar_on_the_list_vouches_for_the_issuer():
    assert answer(dia()) == ("valid", "anchored-by-registrar")


@pytest.mark.parametrize(
    ("anchor", "lists", "at", "expected"),
    [
        (dia(identity(did=DID["mal"])), None, AT, ("unknown", "dia-other-subject")),
        (dia(by="mal"), None, AT, ("unknown", "registrar-unknown")),
        (dia(by="mal"), listed(complete=("registrar",)), AT, ("invalid", "registrar-not-anchored")),
        (dia(by="mal", registrar="reg"), None, AT, ("invalid", "dia-issuer")),
        (dia(until=AT - timedelta(seconds=1)), None, AT, ("invalid", "dia-expired")),
        (dia(since=AT + timedelta(seconds=1)), None, AT, ("invalid", "dia-not-yet")),
        (dia(), listed(withdrawn=True), AT, ("invalid", "registrar-not-anchored")),
        (dia(), listed(until=AT - DAY), AT, ("invalid", "registrar-not-anchored")),
        (dia(), listed(role="chamber"), AT, ("unknown", "registrar-unknown")),
        (dia(), listed(economy="MY"), AT, ("unknown", "registrar-unknown")),
        (dia(identity(scheme=scheme_uri("brn", "MY"))), None, AT, ("unknown", "registrar-unknown")),
        (dia(identity(scheme=scheme_uri("lei"))), None, AT, ("unknown", "registrar-unknown")),
        (dia(identity(scheme=scheme_uri("lei"))), listed(schemes=(scheme_uri("lei"),)), AT, None),
        (dia(), None, AT + 2 * DAY, ("unknown", "anchor-list-overdue")),
        (b"{}", None, AT, ("unknown", "dia-malformed")),
        (b"\xff", None, AT, ("unknown", "dia-malformed")),
    ],
)
def test_each_link_of_the_chain_must_hold(anchor, lists, at, expected):
    assert answer(anchor, lists=lists, at=at) == (expected or ("valid", "anchored-by-registrar"))


def test_anchors_of_others_do_no_harm():
    assert answer(dia(identity(did=DID["mal"])), dia(), b"{}") == ("valid", "anchored-by-registrar")


def test_an_altered_number_is_seen():
    head, _, mark = dia().decode().split(".")
    other = dia(identity(number="200054321B")).decode().split(".")[1]
    assert answer(f"{head}.{other}.{mark}".encode()) == ("invalid", "dia-integrity")


@pytest.mark.parametrize(("purpose", "code"), [("revocation", "dia-revoked"), ("suspension", "dia-suspended")])
def test_a_registrar_takes_back(purpose, code):
    url = "https://reg.example/status"
    fresh = new_list(url=url, issuer=DID["reg"], purpose=purpose, issued=AT - DAY)
    data = dia(status=(entry_of(fresh, 3),))
    assert answer(data) == ("unknown", "dia-status")
    assert answer(data, states=StatusLists([signed(fresh, "reg")])) == ("valid", "anchored-by-registrar")
    taken = with_status(fresh, 3, 1, issued=AT - DAY)
    assert answer(data, states=StatusLists([signed(taken, "reg")])) == ("invalid", code)


def test_the_issuers_own_document_leads_to_the_anchor():
    firm = with_anchor(document_of(DID["firm"], {"key-1": KEYS["firm"].public}), identity(), WHERE)
    assert firm["alsoKnownAs"] == [entry_uri(identity())]
    assert anchor_urls(firm) == (WHERE,)
    again = with_anchor(firm, identity(), WHERE + "2")
    assert (anchor_urls(again), again["alsoKnownAs"]) == ((WHERE + "2",), firm["alsoKnownAs"])
    asked = []

    def fetch(url):
        asked.append(url)
        return dia()

    assert answer(fetch=fetch, firm=firm) == ("valid", "anchored-by-registrar")
    assert set(asked) == {WHERE}
    assert answer(firm=firm) == ("unknown", "dia-missing")

    def fail(url):
        raise FetchError("out of reach")

    assert answer(fetch=fail, firm=firm) == ("unknown", "dia-missing")


@pytest.mark.parametrize(
    ("end", "urls"),
    [
        ({"href": WHERE, "title": "x", "type": "application/vc+jwt"}, (WHERE,)),
        (WHERE, (WHERE,)),
        ([{"href": WHERE}, "https://x.example/2"], (WHERE, "https://x.example/2")),
        ({"href": 5}, ()),
        (None, ()),
    ],
)
def test_services_are_read_in_every_form(end, urls):
    assert anchor_urls({"service": [{"type": "untp:dia", "serviceEndpoint": end}, 5, {"type": "other"}]}) == urls


def test_a_registrar_is_known_by_its_domain_and_says_as_what():
    wanted = Anchoring(id=WHERE, registrar="did:key:z6Mk", registrar_name="x", since=AT)
    with pytest.raises(UsageError):
        identity_anchor(identity(), wanted)
    with pytest.raises(UsageError):
        identity_anchor(identity(scopes=()), replace(wanted, registrar=DID["reg"]))


def test_what_is_written_is_read_back():
    wanted = Anchoring(id=WHERE, registrar=DID["reg"], registrar_name="A register", since=AT, until=AT + DAY)
    assert read_identity_anchor(identity_anchor(identity(), wanted)) == (identity(), ())


@pytest.mark.parametrize("missing", ["id", "name", "registeredId", "idScheme"])
def test_an_anchor_without_a_member_is_none(missing):
    wanted = Anchoring(id=WHERE, registrar=DID["reg"], registrar_name="A register", since=AT)
    credential = identity_anchor(identity(), wanted)
    del credential["credentialSubject"][missing]
    found, findings = read_identity_anchor(credential)
    assert found is None
    assert [each.id for each in findings] == ["ENT-CORE-DIA-03"]


def untp():
    root = os.environ.get("ENTREPOT_TEST_UNTP")
    if root is None:
        pytest.skip("ENTREPOT_TEST_UNTP does not name a work tree of uncefact/spec-untp")
    return Path(root) / "data-models/untp-dia/artefacts"


@pytest.mark.brought
def test_the_schema_of_untp_takes_our_anchor_and_we_read_its_sample():
    import jsonschema_rs

    schema = json.loads((untp() / "untp-dia-schema.json").read_text("utf-8"))
    wanted = Anchoring(id=WHERE, registrar=DID["reg"], registrar_name="A register", since=AT, until=AT + DAY)
    credential = identity_anchor(identity(), wanted)
    # The schema beside the specification names the context of its working version, not that of 0.6.0.
    credential["@context"][1] = schema["properties"]["@context"]["prefixItems"][1]["const"]
    validator = jsonschema_rs.validator_for(schema)
    assert list(validator.iter_errors(credential)) == []
    assert list(validator.iter_errors({**credential, "issuer": DID["reg"]}))
    sample = json.loads((untp() / "untp-dia-instance.json").read_text("utf-8"))
    # Its subject is no DID: a slash stands in did:web.
    found, findings = read_identity_anchor(sample)
    assert (found, [each.id for each in findings]) == (None, ["ENT-CORE-DIA-04"])
    sample["credentialSubject"]["id"] = DID["firm"]
    found, _ = read_identity_anchor(sample)
    assert (found.number, found.register) == ("123456789", "Business")


def test_a_link_set_leads_to_the_anchor():
    assert link_set(entry_uri(identity()), [WHERE])["linkset"][0]["untp:dia"][0]["href"] == WHERE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "href", "name"]), inner),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["credentialSubject", "issuer", "type", "credentialStatus", "validFrom"]))
def test_nothing_that_an_anchor_says_breaks_the_judge(value, member):
    wanted = Anchoring(id=WHERE, registrar=DID["reg"], registrar_name="A register", since=AT)
    whole = identity_anchor(identity(), wanted) | {member: value}
    assert (read_identity_anchor(whole)[0] is None) == bool(read_identity_anchor(whole)[1])
    anchor_urls({"service": value})
    anchor_urls({"service": [{"type": "untp:dia", "serviceEndpoint": value}]})
    offered = (json.dumps(whole).encode(),)
    status, code = answer(*offered)
    assert (status, bool(code)) != ("valid", True)
