"""A record keeps the files that it names and no others, and says what they say; documents that come too late or from
the future are told apart."""

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.digest import b64url, sha256
from entrepot.base.quantity import Quantity
from entrepot.base.record import Content, record_of
from entrepot.base.shape import dump, parse
from entrepot.cli.demo import default, money, papers
from entrepot.cli.demo.cast import AGENCIES, gather
from entrepot.document import invoice, transport
from entrepot.document import order as orders
from entrepot.document.trade import DocumentReference
from entrepot.flow.check import check_form
from entrepot.flow.envelope import Envelope, SentProof, pack, write_envelope
from entrepot.flow.issue import Draft, check_draft, issue, sign
from entrepot.flow.offered import beyond
from entrepot.flow.peer import peers
from entrepot.flow.post import deliver
from entrepot.flow.presented import check_presented, named_files
from entrepot.flow.receive import Outcome, receive
from entrepot.journal.port import Attachment

EXAMPLES = Path(__file__).parents[2] / "examples" / "durian"
STRAY, ABSENT, SYNTAX, CONTRADICTED, NO_READER, UNREAD = (f"ENT-CORE-PRESENTED-{n:02}" for n in range(1, 7))
TODAY = date(2026, 3, 2)


def attached(body, media_type="application/xml"):
    return Attachment(digest=sha256(body), media_type=media_type, body=body)


def record(kind, payload, number="N-1"):
    """A record as it would be issued, bare of any office."""
    return record_of(
        Content(kind=kind, version=1, issuer="did:web:a.example", number=number, nonce="A" * 22,
                issued=datetime(2026, 3, 2, 9, tzinfo=UTC), sales=(), after=(), audience=(), payload=payload)
    )  # fmt: skip


def named(payload, body, syntax="ubl-2.1"):
    return {**payload, "presented": {"syntax": syntax, "digest": sha256(body), "mediaType": "application/xml"}}


def checked(kind, payload, *bodies):
    """Ids and paths of what issuing would find of the files, and the verdict."""
    found = check_presented(record(kind, payload), [attached(each) for each in bodies])
    pairs = [(each.id, each.path) for check in found for each in check.findings]
    return pairs, str(found[0].verdict) if found else None


def ids(findings):
    return {each.id for each in findings}


def foreign_order():
    """An order as somebody else's program writes it: without the extension in which ours says the rest."""
    plain = replace(default.order("PO-7", TODAY), rounding=None)
    body = orders.write(plain).body
    start, end = body.index(b"<ext:UBLExtensions"), body.index(b"</ext:UBLExtensions>") + len(b"</ext:UBLExtensions>")
    body = body[:start] + body[end:]
    read = orders.read(body)
    assert "buyerType" not in read.draft
    return dump(plain), body


ORDER, FILE = foreign_order()


def first_line(**changes):
    return {"lines": [ORDER["lines"][0] | changes]}


CHANGES = {
    "$.payload.number": {"number": "PO-8"},
    "$.payload.issueDate": {"issueDate": "2026-03-01"},
    "$.payload.currency": {"currency": "CNY"},
    "$.payload.seller.name": {"seller": {**ORDER["seller"], "name": "Another"}},
    "$.payload.lines[0].quantity": first_line(quantity={"value": "1", "unit": "KGM"}),
    "$.payload.lines[0].price.amount": first_line(price={"amount": "24.99"}),
    "$.payload.lines": {"lines": [*ORDER["lines"], ORDER["lines"][0] | {"id": "2"}]},
    "$.payload.totals.payable": {"totals": ORDER["totals"] | {"payable": {"amount": "1.00", "currency": "MYR"}}},
    "$.payload.deliveryTerms": {"deliveryTerms": None},
}


class TestNamed:
    def test_nothing_named_and_nothing_attached_is_not_judged(self):
        assert checked("order", ORDER) == ([], None)

    def test_a_file_that_the_payload_does_not_name_blocks(self):
        assert checked("order", ORDER, b"x") == ([(STRAY, "$.attachments[0]")], "invalid")

    @pytest.mark.parametrize(
        "place", [{"note": "{}"}, {"deep": [{"er": ["a", "{}"]}]}, {"presented": {"digest": "{}"}}]
    )
    def test_a_digest_anywhere_in_the_payload_names_its_file(self, place):
        payload = json.loads(json.dumps(place).replace("{}", sha256(b"x")))
        kept, strays = named_files(record("order", payload), [attached(b"x"), attached(b"y"), attached(b"x")])
        assert [each.body for each in kept] == [b"x"]
        assert [each.path for each in strays] == ["$.attachments[1]"]

    @pytest.mark.parametrize("payload", [{sha256(b"x"): "a key"}, {"note": f"see {sha256(b'x')}"}, {"note": "x"}])
    def test_a_digest_that_is_no_text_of_its_own_names_nothing(self, payload):
        assert named_files(record("order", payload), [attached(b"x")])[0] == ()

    def test_the_media_type_is_what_the_payload_says(self):
        kept, _ = named_files(record("order", named({}, b"x")), [attached(b"x", "text/html")])
        assert kept[0].media_type == "application/xml"

    @pytest.mark.parametrize(
        ("kind", "member"), [("order", "presented"), ("unknown", "message"), ("unknown", "presented")]
    )
    def test_a_payload_that_stands_for_a_file_comes_with_it(self, kind, member):
        payload = {member: {"syntax": "s", "digest": "0" * 64}}
        assert checked(kind, payload) == ([(ABSENT, f"$.payload.{member}.digest")], "unknown")

    @given(st.sets(st.binary(max_size=3), max_size=6), st.sets(st.binary(max_size=3), max_size=6))
    def test_what_is_kept_is_what_is_both_named_and_sent(self, sent, told):
        payload = {"list": [sha256(each) for each in told]}
        kept, strays = named_files(record("order", payload), [attached(each) for each in sent])
        assert {each.body for each in kept} == sent & told
        assert len(strays) == len(sent - told)


class TestSaysTheSame:
    def test_an_order_may_add_what_its_file_leaves_open(self):
        more = {**named(ORDER, FILE), "note": "added", "buyer": {**ORDER["buyer"], "did": "did:web:b.example"}}
        assert checked("order", more, FILE) == ([], "valid")

    @pytest.mark.parametrize("path", CHANGES)
    def test_what_the_file_says_must_not_be_changed_or_left_out(self, path):
        changed = {name: value for name, value in (ORDER | CHANGES[path]).items() if value is not None}
        found, verdict = checked("order", named(changed, FILE), FILE)
        assert (found, verdict) == ([(CONTRADICTED, path)], "invalid")

    def test_a_number_written_otherwise_is_the_same(self):
        lines = [ORDER["lines"][0] | {"price": {"amount": "25.0"}, "amount": "30000"}]
        assert checked("order", named(ORDER | {"lines": lines}, FILE), FILE) == ([], "valid")

    def test_a_text_that_looks_like_the_same_number_is_not(self):
        file = FILE.replace(b">PO-7<", b">7.0<")
        found, _ = checked("order", named(ORDER | {"number": "7.00"}, file), file)
        assert found == [(CONTRADICTED, "$.payload.number")]

    def test_a_file_that_no_shape_can_carry_is_compared_as_it_stands(self):
        file = FILE.replace(b">PO-7<", b">" + b"7" * 40 + b"<")
        found, _ = checked("order", named(ORDER, file), file)
        assert found == [(CONTRADICTED, "$.payload.number")]

    @given(st.sampled_from(["number", "currency", "lines", "totals", "seller", "buyer", "issueDate"]), st.data())
    def test_any_stated_member_that_is_another_is_found(self, member, data):
        other = data.draw(st.sampled_from(["x", "CNY", "2026-03-03", [], {}, None, 0]))
        found, _ = checked("order", named(ORDER | {member: other}, FILE), FILE)
        assert {each for each, _ in found} == {CONTRADICTED}
        assert all(path.startswith(f"$.payload.{member}") for _, path in found)

    def test_the_findings_are_bounded(self):
        lines = [ORDER["lines"][0] | {"id": str(n)} for n in range(200)]
        many = replace(default.order("PO-7", TODAY), lines=default.order("PO-7", TODAY).lines * 200)
        body = orders.write(many).body
        found, _ = checked("order", named(ORDER | {"lines": [each | {"name": "other"} for each in lines]}, body), body)
        assert len(found) == 50

    @pytest.mark.parametrize(
        "body", [b"", b"no xml", b"<x/>", (EXAMPLES / "invoice.xml").read_bytes(), b"{}",
                 b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'])  # fmt: skip
    def test_a_file_of_another_syntax_is_named(self, body):
        assert checked("order", named(ORDER, body), body) == ([(SYNTAX, "$.payload.presented.syntax")], "invalid")

    def test_a_syntax_that_nobody_reads_here_is_unknown(self):
        found = checked("order", named(ORDER, b"UNB+UNOA", "edifact-d96a"), b"UNB+UNOA")
        assert found == ([(NO_READER, "$.payload.presented.syntax")], "unknown")

    def test_what_cannot_be_read_is_told(self):
        file = FILE.replace(b">2026-03-02<", b">2026-03-02+08:00<")
        assert checked("order", named(ORDER, file), file) == ([(UNREAD, "$.payload.presented")], "valid")

    def test_an_invoice_and_a_credit_note_are_held_to_their_files(self):
        for kind, write in (("invoice", invoice.write), ("credit-note", invoice.write_credit_note)):
            payload = json.loads((EXAMPLES / f"{kind}.json").read_text("utf-8"))
            shape = invoice.Invoice if kind == "invoice" else invoice.CreditNote
            body = write(parse(shape, payload)[0]).body
            assert checked(kind, named(payload, body), body) == ([], "valid")
            found, _ = checked(kind, named(payload | {"issueDate": "2020-01-01"}, body), body)
            assert found == [(CONTRADICTED, "$.payload.issueDate")]

    def test_a_transport_document_is_held_to_its_file(self):
        body = (EXAMPLES / "transport-document.dcsa.json").read_bytes()
        payload = dict(transport.read(body).draft)
        assert checked("transport-document", named(payload, body, "dcsa-ebl-3.0"), body) == ([], "valid")
        found, _ = checked("transport-document", named(payload | {"vessel": "MV Other"}, body, "dcsa-ebl-3.0"), body)
        assert found == [(CONTRADICTED, "$.payload.vessel")]

    def test_json_of_anything_is_no_transport_document(self):
        body = b'{"issueDate": "2026-03-02"}'
        payload = {"issueDate": "2026-03-02"}
        found, _ = checked("transport-document", named(payload, body, "dcsa-ebl-3.0"), body)
        assert found == [(SYNTAX, "$.payload.presented.syntax")]


def clerk(script, role, kind, payload, number, **more):
    return Draft(kind=kind, issuer=script.dids[role], number=number, payload=dump(payload), **more)


def ordered(script, number="PO-1", **changes):
    """The demo's order as a presented one, its file, and the cast around it."""
    today = script.importer.clock().date()
    plain = replace(default.order(number, today), rounding=None)
    body = orders.write(plain).body
    cast = gather(plain, script.dids)
    payload = replace(plain, buyer=cast["buyer"], seller=cast["seller"], **changes)
    payload = replace(payload, presented=orders.read(body).presented)
    return payload, attached(body)


def forged(script, role, content):
    """A record of a party of the exporter, signed without any check, as an envelope with files."""
    made = record_of(content)
    office = script.office(role)
    proofs = tuple(
        SentProof(securing=each.securing, body=each.body.decode())
        for each in sign(office, made, office.custody.signatory(script.dids[role]))
    )
    return made, lambda *files: write_envelope(Envelope(proofs=proofs, attachments=pack(files)))


def content_of(script, role, kind, payload, number, **more):
    base = {
        "sales": (),
        "after": (),
        "audience": tuple(sorted(script.dids.values())),
        "issued": script.importer.clock(),
    }
    base |= more
    return Content(
        kind=kind, version=1, issuer=script.dids[role], number=number, nonce=b64url(script.world.entropy(16)),
        payload=dump(payload), **(base | {"issued": base["issued"].replace(microsecond=0)}))  # fmt: skip


class TestOffices:
    def test_a_presented_order_crosses_with_its_file(self, script):
        payload, file = ordered(script)
        done = issue(script.importer, clerk(script, "buyer", "order", payload, "PO-1", attachments=(file,)))
        assert done.record is not None, done.findings
        while deliver(script.importer).delivered:
            pass
        for office in (script.importer, script.exporter):
            assert office.journal.attachments(done.record.id) == (file.digest,)
            checks = office.journal.assessment(done.record.id)["checks"]
            assert [each["verdict"] for each in checks if each["name"] == "presented"] == ["valid"]

    @pytest.mark.parametrize("wrong", [STRAY, ABSENT, CONTRADICTED])
    def test_nothing_is_issued_that_does_not_hold(self, script, wrong):
        payload, file = ordered(script)
        files = {STRAY: (file, attached(b"more")), ABSENT: (), CONTRADICTED: (file,)}[wrong]
        if wrong == CONTRADICTED:
            payload = replace(payload, payment_terms="never")
            body = orders.write(replace(default.order("PO-1", TODAY), payment_terms="at once")).body
            payload, files = replace(payload, presented=orders.read(body).presented), (attached(body),)
        draft = clerk(script, "buyer", "order", payload, "PO-1", attachments=files)
        for done in (check_draft(script.importer, draft), issue(script.importer, draft)):
            assert wrong in ids(done.assessment.blocking)
            assert done.appended is None
        assert all(each.remedy and each.source for each in done.findings if each.id.startswith("ENT-CORE-PRESENTED"))

    def test_the_peer_that_delivers_first_attaches_nothing(self, script):
        payload, file = ordered(script)
        made, envelope = forged(script, "seller", content_of(script, "seller", "order", payload, "PO-1"))
        stray = attached(b"poison", "text/html")
        told = receive(
            script.importer, envelope(stray, replace(file, media_type="text/html")), peers(script.importer)[0]
        )
        assert told.outcome is Outcome.KEPT
        assert {each.id: str(each.severity) for each in told.findings}[STRAY] == "warning"
        assert script.importer.journal.attachments(made.id) == (file.digest,)
        assert script.importer.journal.attachment(file.digest).media_type == "application/xml"
        assert script.importer.journal.attachment(stray.digest) is None
        checks = {each["name"]: each for each in script.importer.journal.assessment(made.id)["checks"]}
        assert checks["presented"]["verdict"] == "valid"

    def test_a_stray_file_is_not_kept_aside_either(self, script):
        payload, file = ordered(script)
        cause, first = forged(script, "seller", content_of(script, "seller", "order", payload, "PO-1"))
        payload, file = ordered(script, "PO-2")
        content = content_of(script, "seller", "order", payload, "PO-2", after=(cause.id,))
        late, envelope = forged(script, "seller", content)
        sender = peers(script.importer)[0]
        assert receive(script.importer, envelope(attached(b"poison"), file), sender).outcome is Outcome.WAITING
        assert base64.b64encode(b"poison") not in next(iter(script.importer.journal.waiting())).body
        assert receive(script.importer, first(), sender).outcome is Outcome.KEPT
        assert script.importer.journal.attachments(late.id) == (file.digest,)

    @pytest.mark.parametrize(
        ("wrong", "verdict"), [(ABSENT, "unknown"), (CONTRADICTED, "invalid"), (SYNTAX, "invalid")]
    )
    def test_what_a_peer_sends_is_kept_with_warnings(self, script, wrong, verdict):
        payload, file = ordered(script)
        if wrong == SYNTAX:
            file = attached(b"<x/>")
            payload = replace(payload, presented=replace(payload.presented, digest=file.digest))
        if wrong == CONTRADICTED:
            payload = replace(payload, issue_date=payload.issue_date - timedelta(days=1))
        made, envelope = forged(script, "seller", content_of(script, "seller", "order", payload, "PO-1"))
        told = receive(script.importer, envelope(*() if wrong == ABSENT else (file,)), peers(script.importer)[0])
        assert told.outcome is Outcome.KEPT
        assert {each.id: str(each.severity) for each in told.findings}[wrong] == "warning"
        checks = {each["name"]: each for each in script.importer.journal.assessment(made.id)["checks"]}
        assert checks["presented"]["verdict"] == verdict

    def test_a_pacs_008_says_what_its_instruction_says(self, script):
        order = default.order("PO-1", script.importer.clock().date())
        deal = papers.Deal(order, gather(order, script.dids), order.issue_date)
        deal.issued |= dict.fromkeys(("order", "invoice", "payment-request"), ("0" * 64, "X-1"))
        paid, message = money.instruction(deal, script.importer.clock(), script.world.entropy)
        found, verdict = checked("payment-instruction", dump(paid), message)
        assert (found, verdict) == ([], "valid")
        late = replace(paid, settlement_date=paid.settlement_date + timedelta(days=1))
        found, verdict = checked("payment-instruction", dump(late), message)
        assert (found, verdict) == ([("ENT-CORE-PACS008-31", "$.payload.settlementDate")], "invalid")
        assert checked("payment-instruction", dump(paid))[0] == [(ABSENT, "$.payload.message.digest")]
        other = replace(paid, message=replace(paid.message, syntax="pacs.008.001.12"))
        assert checked("payment-instruction", dump(other), message)[0] == [(SYNTAX, "$.payload.message.syntax")]
        broken = replace(paid, message=replace(paid.message, digest=sha256(b"<x/>")))
        assert checked("payment-instruction", dump(broken), b"<x/>")[1] == "invalid"


class TestTime:
    def offered(self, script, **changes):
        today = script.exporter.clock().date()
        seller = gather(default.order("PO-1", today), script.dids)["seller"]
        return replace(default.offer(seller, "OF-1", today), **changes)

    def told(self, script, number, **more):
        """What issuing an order that takes up the offer finds on the buyer's node."""
        payload = replace(default.order(number, script.importer.clock().date(), more.pop("offer", None)), rounding=None)
        cast = gather(payload, script.dids)
        payload = replace(payload, buyer=cast["buyer"], seller=cast["seller"], **more.pop("changes", {}))
        return issue(script.importer, clerk(script, "buyer", "order", payload, number, **more))

    def test_an_order_after_the_end_of_its_offer_is_told(self, script):
        offer = self.offered(script, valid_until=script.exporter.clock().date())
        said = issue(script.exporter, clerk(script, "seller", "offer", offer, "OF-1")).record
        while deliver(script.exporter).delivered:
            pass
        taken = DocumentReference(number="OF-1", record=said.id)
        if script.importer.journal.record(said.id) is None:
            pytest.fail("the offer did not arrive")
        early = self.told(script, "PO-1", offer=taken, after=(said.id,))
        assert "ENT-CORE-FORM-05" not in ids(early.findings)
        script.world.clock.tick(3 * 86_400)
        late = self.told(script, "PO-2", offer=taken, after=(said.id,))
        assert late.record is not None
        assert {each.id: str(each.severity) for each in late.findings}["ENT-CORE-FORM-05"] == "warning"
        cited = self.told(script, "PO-3", after=(said.id,))
        assert "ENT-CORE-FORM-05" in ids(cited.findings)
        while deliver(script.importer).delivered:
            pass
        checks = script.exporter.journal.assessment(late.record.id)["checks"]
        assert "ENT-CORE-FORM-05" in {found["id"] for each in checks for found in each["findings"]}

    def test_more_than_is_offered_is_told_where_the_two_can_be_compared(self, script):
        offer = self.offered(script)
        order = default.order("PO-1", script.exporter.clock().date())
        (line, *rest) = order.lines
        most = next(each.quantity.value for each in offer.lines if each.id == line.id)

        def found(value=most, unit=line.quantity.unit, offers=(offer,), **changes):
            changed = replace(order, lines=(replace(line, quantity=Quantity(value, unit), **changes), *rest))
            return [(each.id, str(each.severity), each.path) for each in beyond(changed, offers)]

        told = [("ENT-CORE-ORDER-10", "warning", "$.payload.lines[0].quantity")]
        assert found(most + Decimal("0.001")) == told
        assert found(most) == []
        assert found(2 * most, unit="H87") == found(2 * most, id="9") == [], "they cannot be compared"
        assert found(2 * most, offers=()) == found(2 * most, offers=(offer, offer)) == [], "nor told which is meant"

    def test_an_offer_that_is_not_known_here_says_nothing(self, script):
        done = self.told(script, "PO-1", offer=DocumentReference(number="OF-9", record="0" * 64))
        assert done.record is not None
        assert "ENT-CORE-FORM-05" not in ids(done.findings)

    @pytest.mark.parametrize(("days", "found"), [(-400, False), (0, False), (1, False), (2, True), (30, True)])
    def test_a_document_dated_ahead_is_told(self, script, days, found):
        ahead = script.importer.clock().date() + timedelta(days=days)
        done = self.told(script, "PO-1", changes={"issue_date": ahead})
        assert done.record is not None
        assert ("ENT-CORE-FORM-06" in ids(done.findings)) is found

    def test_a_received_document_is_held_to_the_claimed_time_and_to_the_clock(self, script):
        sender = peers(script.importer)[0]
        payload, _ = ordered(script)
        for number, ahead, dated in (("PO-A", timedelta(days=-9), timedelta()), ("PO-B", *[timedelta(days=9)] * 2)):
            now = script.importer.clock()
            paper = replace(payload, number=number, presented=None, issue_date=(now + dated).date())
            content = content_of(script, "seller", "order", paper, number, issued=now + ahead)
            _, envelope = forged(script, "seller", content)
            told = receive(script.importer, envelope(), sender)
            assert told.outcome is Outcome.KEPT
            assert "ENT-CORE-FORM-06" in ids(told.findings)

    def test_a_moment_counts_like_a_day(self):
        order = default.order("PO-1", TODAY)
        cast = gather(order, {role: f"did:web:{role.replace('_', '-')}.example" for role in ("seller", "buyer")}
                      | dict.fromkeys(AGENCIES, "did:web:a.example"))  # fmt: skip
        deal = papers.Deal(order, cast, TODAY)
        deal.issued |= dict.fromkeys(("order", "invoice", "payment-request"), ("0" * 64, "X-1"))
        at = datetime.combine(TODAY, time(9), UTC)
        paid, _ = money.instruction(deal, at + timedelta(days=3), lambda size: bytes(range(size)), number="N-1")
        _, form = check_form(record("payment-instruction", dump(paid)), at)
        assert {each.path for each in form.findings if each.id == "ENT-CORE-FORM-06"} == {"$.payload.created"}

    @pytest.mark.parametrize(("days", "found"), [(-3, True), (-2, True), (0, False), (30, False)])
    def test_an_offer_that_ended_before_it_was_made_is_told(self, script, days, found):
        until = script.exporter.clock().date() + timedelta(days=days)
        offer = self.offered(script, issue_date=until, valid_until=until)
        done = issue(script.exporter, clerk(script, "seller", "offer", offer, "OF-1"))
        assert ("ENT-CORE-FORM-07" in ids(done.findings)) is found
