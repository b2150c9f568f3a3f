"""Issuing: a hosted party says something. Checked first, then signed, kept, and put into the outbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from entrepot.base.digest import b64url
from entrepot.base.finding import Finding, Severity, blocking
from entrepot.base.record import Content, Record, read_content
from entrepot.base.shape import dump
from entrepot.document.proof import secure_record
from entrepot.flow.assess import Assessment, Checked, Verdict, judged, stop
from entrepot.flow.audience import default_audience
from entrepot.flow.belonging import Belonging, belonging, stranger
from entrepot.flow.billed import check_billed
from entrepot.flow.book import refusal
from entrepot.flow.check import check_form, check_number, check_right, kind_of
from entrepot.flow.error import NotHeld
from entrepot.flow.kinds import ALONE, SALELESS, newest, read_payload, remember
from entrepot.flow.law import check_law, pack_versions
from entrepot.flow.office import Office, Signatory
from entrepot.flow.owed import check_owed
from entrepot.flow.post import check_delivery, messages_for
from entrepot.flow.presented import check_presented, named_files
from entrepot.flow.prove import check_made, check_proofs
from entrepot.flow.reading import is_readable, remember_readers
from entrepot.flow.scan import check_scanned
from entrepot.flow.sight import SALE_VIEW
from entrepot.journal.journal import Journal
from entrepot.journal.port import (
    ANY,
    Append,
    Appended,
    Attachment,
    CatchUpNeeded,
    FloorBroken,
    Idempotency,
    Proof,
    StreamConflict,
)
from entrepot.party.careful import CarefulSigner
from entrepot.payment.ledger import LedgerRefused

TRIES_MAX = 5
SECURINGS = {
    "Ed25519": ("vc+jwt", "eddsa-jcs-2022"),
    "P-256": ("vc+jwt", "ecdsa-jcs-2019"),
    "P-384": ("vc+jwt", "ecdsa-jcs-2019"),
}
"""How a record is secured, by the curve of the issuer's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a party wants to say. ``after`` and ``audience`` are filled in where they are left out.

    ``sales``: the sales it belongs to, empty for an offer or order. ``version``: the newest where it is left out.
    """

    kind: str
    issuer: str
    number: str
    payload: Mapping[str, Any]
    sales: tuple[str, ...] = ()
    after: tuple[str, ...] | None = None
    audience: tuple[str, ...] | None = None
    version: int | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Still:
    """What must hold where a record is put in order, beside what is asked of every record. ``against``: what stands
    against it, asked anew where one of ``streams`` moved before the append, whichever process moved it."""

    streams: tuple[str, ...]
    against: Callable[[], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What became of a draft: ``record`` and ``appended`` are None where blocking findings stopped it."""

    record: Record | None
    appended: Appended | None
    assessment: Assessment

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, blocking or not."""
        return self.assessment.findings


def check_draft(office: Office, draft: Draft) -> Issued:
    """What issuing ``draft`` would find, without signing or keeping anything."""
    record, checked = _compose(office, draft)
    if record is not None:
        checked += judge(office, record) + _check_files(office, record, draft)
    return Issued(record=record, appended=None, assessment=_assessment(office, checked))


def issue(
    office: Office, draft: Draft, *, idempotency: Idempotency | None = None, still: Still | None = None
) -> Issued:
    """Say it: check, sign, keep, send. Nothing is kept where a finding is blocking, also one of ``still``.

    Raises :class:`NotHeld` where this node has no key of the issuer,
    :class:`~entrepot.flow.error.ScannerAway` where its files cannot be looked at, and
    :class:`~entrepot.journal.port.CatchUpNeeded` after a restore. Where another record of the sale was appended
    meanwhile, everything is checked again against the new state.
    """
    require_whole_past(office)
    signatory = office.custody.signatory(draft.issuer)
    if signatory is None:
        raise NotHeld(
            f"this node holds no key of {draft.issuer}",
            remedy="Sign on the party's own machine: entrepot sale sign, or POST /api/v1/records/signed.",
        )
    return until_kept(lambda: _issue(office, draft, signatory, (idempotency, still)))


def _issue(
    office: Office, draft: Draft, signatory: Signatory, under: tuple[Idempotency | None, Still | None]
) -> Issued:
    idempotency, still = under
    # Before it is composed: whatever comes after these versions is not among what it follows.
    seen = {each: office.journal.stream(each)[0] for each in map("sale/{}".format, draft.sales)}
    record, checked = _compose(office, draft)
    if record is None:
        return stopped(office, checked)
    streams = {name: seen.get(name, version) for name, version in stream_versions(office, record).items()}
    if still is not None:
        streams |= {each: office.journal.stream(each)[0] for each in still.streams}
        checked.append(judged("right", "still", _RECORD, still.against()))
    checked += judge(office, record) + _check_files(office, record, draft)
    if blocking(finding for each in checked for finding in each.findings):
        return stopped(office, checked)
    proofs = sign(office, record, signatory)
    checked += check_made(office, record, signatory, proofs) or proven(office, record, proofs)
    return keep(office, Said(record, streams, proofs, draft.attachments), checked, idempotency)


def _check_files(office: Office, record: Record, draft: Draft) -> list[Checked]:
    return check_presented(record, draft.attachments) + check_scanned(office, draft.attachments)


def require_whole_past(office: Office) -> None:
    """Raise :class:`~entrepot.journal.port.CatchUpNeeded` after a restore. The journal would refuse it as well; here,
    before findings are told about a past that is not whole."""
    if office.journal.needs_catch_up:
        raise CatchUpNeeded("this node was restored and asks its peers for what it lost", remedy="Try again later.")


def until_kept(attempt: Callable[[], Issued]) -> Issued:
    """Check and keep again while other records of the sale come in between; gives up after :data:`TRIES_MAX`."""
    for number in range(TRIES_MAX):
        try:
            return attempt()
        except StreamConflict:
            if number == TRIES_MAX - 1:
                raise
    raise AssertionError("unreachable: the loop returns or raises")


def stopped(office: Office, checked: Sequence[Checked]) -> Issued:
    """Nothing was issued, because of what was found."""
    return Issued(record=None, appended=None, assessment=_assessment(office, checked))


def stream_versions(office: Office, record: Record) -> dict[str, int]:
    """The streams of a record with their present versions: one per sale, and the issuer's own."""
    own = {f"issuer/{record.content.issuer}": ANY}
    sales = () if record.kind in SALELESS else record.sales
    return own | {f"sale/{sale}": office.journal.stream(f"sale/{sale}")[0] for sale in sales}


def _compose(office: Office, draft: Draft) -> tuple[Record | None, list[Checked]]:
    kind = newest(draft.kind)
    content = Content(
        kind=draft.kind,
        version=draft.version or (kind.version if kind else 1),
        issuer=draft.issuer,
        number=draft.number,
        nonce=b64url(office.entropy(16)),
        issued=office.clock().replace(microsecond=0),
        sales=tuple(sorted(set(draft.sales))),
        after=tuple(sorted(set(_after(office, draft)))),
        audience=(),
        payload=dict(draft.payload),
    )
    value = dump(content)
    reading = read_payload((content.kind, content.version), value["payload"])
    audience = draft.audience
    if audience is None:
        audience = default_audience(office, draft.kind, draft.sales, reading[0])
    value["audience"] = sorted(set(audience or ()))
    record, findings = read_content(value)
    if record is None:
        return None, [judged("form", "envelope", _RECORD, findings)]
    remember(record, reading)
    if audience is None:
        form = check_form(record, office.clock(), issuing=True)[1]
        return None, [judged("form", "envelope", _RECORD, [_NOBODY]), form]
    return record, [judged("form", "envelope", _RECORD, findings)]


_RECORD = "Entrepot record, version 1"
_NOBODY = stop(
    "ENT-CORE-AUDIENCE-01",
    "Who may read this cannot be told here: the order, which names the parties, is not readable on this node.",
    path="$.audience",
    source=_RECORD,
    remedy="Name the readers.",
)


_TOMBSTONE = stop(
    "ENT-CORE-RIGHT-04",
    "A tombstone is what an erasure leaves; it is not issued by itself.",
    path="$.kind",
    source=_RECORD,
    remedy="Erase the record: POST /api/v1/erasures, with an owner's token.",
)


def _after(office: Office, draft: Draft) -> tuple[str, ...]:
    """The heads of the sales that it belongs to, and whatever the draft names itself.

    Some of the sale the issuer may not read, though its node holds it. The newest of what it may read are named too:
    who reads no more than it does can then tell what it had seen.
    """
    heads: list[str] = list(draft.after or ())
    for sale in draft.sales:
        row = office.journal.view(SALE_VIEW).get(f"sale/{sale}")
        heads += [sale] if row is None else [*row["heads"], *_newest_read(office, sale, draft.issuer)]
    return tuple(heads)


def _newest_read(office: Office, sale: str, reader: str) -> set[str]:
    """What a party may read of a sale, and nothing that it may read follows."""
    view, journal = office.journal.view(SALE_VIEW), office.journal
    rows = {row["id"]: row["after"] for _, row in view.scan(f"fact/{sale}/")}
    read = {each: after for each, after in rows.items() if is_readable(journal, each, (reader,))}
    return set(read).difference(*read.values())


def judge(office: Office, record: Record) -> list[Checked]:
    """Form, number, right and law of a record that a party of this node is about to say, and whom it will reach."""
    payload, form = check_form(record, office.clock(), journal=office.journal, issuing=True)
    right = check_right(office, record)
    if belonging(office, record, ()) is Belonging.NO:
        # The table says nothing about kinds that are unknown here; nobody outside the sale may say them either.
        right = replace(right, verdict=Verdict.INVALID, findings=(stranger(record), *right.findings))
    if record.kind == "tombstone":
        right = replace(right, verdict=Verdict.INVALID, findings=(_TOMBSTONE, *right.findings))
    elif record.kind in ALONE:
        right = replace(right, verdict=Verdict.INVALID, findings=(_BY_ITS_ACT, *right.findings))
    delivery = check_delivery(office, record)
    billed = (*check_billed(office, record), *check_owed(office, record, issuing=True))
    return [form, check_number(office, record), right, *billed, *check_law(office, record, payload), *delivery]


_BY_ITS_ACT = stop(
    "ENT-CORE-RIGHT-05",
    "A record of this kind comes of what it tells: issuing a credential, setting its status, placing a hold.",
    path="$.kind",
    remedy="Do that instead.",
)


def _assessment(office: Office, checked: Sequence[Checked]) -> Assessment:
    return Assessment(checked=tuple(checked), at=office.clock(), versions=pack_versions(office))


def sign(office: Office, record: Record, signatory: Signatory) -> tuple[Proof, ...]:
    """The proofs of a record by a held key, in every securing that the key allows; each signature is verified."""
    securings = SECURINGS[signatory.key.curve]
    bodies = secure_record(
        record,
        CarefulSigner(signatory.key),
        method_id=signatory.method,
        securings=securings,
        created=office.clock().replace(microsecond=0),
    )
    return tuple(
        Proof(securing=securing, body=body, method=signatory.method)
        for securing, body in zip(securings, bodies, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Said:
    """A signed record on its way into the log: the versions its streams must have (also the streams of forms that state
    more than it does), its proofs, its files."""

    record: Record
    streams: Mapping[str, int]
    proofs: tuple[Proof, ...]
    attachments: Sequence[Attachment]


def keep(office: Office, said: Said, checked: Sequence[Checked], idempotency: Idempotency | None) -> Issued:
    """Keep and send what was checked; nothing where a finding is blocking.

    Raises :class:`~entrepot.journal.port.StreamConflict` where it must be checked again.
    """
    record = said.record
    assessment = _assessment(office, checked)
    if assessment.blocking:
        return Issued(record=None, appended=None, assessment=assessment)
    kind = kind_of(record)
    append = Append(
        record=record,
        streams=said.streams,
        proofs=said.proofs,
        attachments=named_files(record, said.attachments, said.proofs)[0],
        assessment=assessment.to_json(),
        personal=kind.personal if kind else True,
        idempotency=idempotency,
        answer={"id": record.id} if idempotency else None,
    )
    try:
        # Addressed inside the writer: a peer that is admitted meanwhile is offered either the past or this.
        appended = office.run(
            lambda journal: _append_new_number(journal, replace(append, outbox=messages_for(office, record)))
        )
    except (LedgerRefused, FloorBroken) as refused:
        return stopped(office, [*checked, judged("act", "ledger", "double entry with floors", refusal(refused))])
    remember_readers(office.journal, record)
    return Issued(record=record, appended=appended, assessment=assessment)


def proven(office: Office, record: Record, proofs: Sequence[Proof], files: Sequence[Attachment] = ()) -> list[Checked]:
    """The checks of the proofs under which something is issued; where none can be judged now, that stops it."""
    found, unresolved = check_proofs(office, record, proofs, files)
    return [*map(_stopping, found), _UNPROVEN] if unresolved or not found else found


def _stopping(checked: Checked) -> Checked:
    """The check with what is unknown as a reason to stop, so that whoever issues is told which it is."""
    wrong = tuple(replace(each, severity=Severity.BLOCKING) for each in checked.findings)
    return replace(checked, findings=wrong)


_UNPROVEN = judged(
    "proof",
    "proofs",
    _RECORD,
    [
        stop(
            "ENT-CORE-PROOF-10",
            "None of the proofs can be judged now; an unknown proof never counts as valid.",
            source=_RECORD,
            remedy="Try again when the DID documents of whoever signed, and the status of a mandate, can be had.",
        )
    ],
)


def _append_new_number(journal: Journal, append: Append) -> Appended:
    """Append where the number is still unused inside the transaction: two drafts with one number may be checked at
    the same moment, and a party must not contradict itself by that."""
    is_new = append.idempotency is None or journal.replayed(append.idempotency) is None
    if is_new and journal.same_number(append.record):
        raise StreamConflict("the number was used meanwhile", remedy="Check again, then append.")
    return journal.append(append)
