"""Sending: which peers get a record, what an envelope for one of them holds, and the rounds of delivery."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from entrepot.base.digest import sha256
from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.flow import nodemail
from entrepot.flow.assess import Checked, Verdict, warning
from entrepot.flow.audience import may_read
from entrepot.flow.backlog import message_for, offer_past
from entrepot.flow.envelope import ATTACHMENTS_MAX, Envelope, SentProof, pack, write_envelope
from entrepot.flow.error import BadNodeMessage, TransportError
from entrepot.flow.evidenced import receipt_with
from entrepot.flow.headwatch import known_size, note_head
from entrepot.flow.office import Office
from entrepot.flow.peer import ADMITTED, UNREACHED, Peer, heard_from, hosts_of, peer, peers
from entrepot.journal.outbox import Delivery
from entrepot.journal.port import Message

log = logging.getLogger("entrepot.delivery")
DELIVERY, RECEIPT = "delivery", "receipt"
CAUSES = "causes/"
"""Begins the lane of a record that is sent because the peer waits for it."""
REFUSED = "refused: "
"""Begins the reason of a message that the peer would not take."""
_RECORD = "Entrepot record, version 1"
LEASE = timedelta(seconds=15)
"""For so long a message stays taken by the process that sends it, unless that renews it (:func:`keep_taken`)."""
BACKOFF_S = (1, 2, 5, 15, 60, 300, 900, 3600)
ATTEMPTS_MAX = 200


def messages_for(office: Office, record: Record) -> tuple[Message, ...]:
    """One message per admitted peer that hosts a reader of the record, other than this node's own parties."""
    return tuple(message_for(record, each.id) for each in hosts_of(office, record.content.audience))


def check_delivery(office: Office, record: Record) -> tuple[Checked, ...]:
    """A warning for each reader but the issuer that lives neither here nor on an admitted peer; nothing where all are
    reached.

    It is no reason to stop: such a record is offered to the reader's node when that is admitted.
    """
    reached = office.custody.hosted().union(
        {record.content.issuer}, *(each.parties for each in peers(office) if each.status == ADMITTED)
    )
    unreached = [_unreached(each) for each in record.content.audience if each not in reached]
    if not unreached:
        return ()
    checked = Checked(
        stage="right", name="delivery", standard=_RECORD, verdict=Verdict.UNKNOWN, findings=tuple(unreached)
    )
    return (checked,)


def _unreached(reader: str) -> Finding:
    return warning(
        "ENT-CORE-DELIVERY-01",
        "{reader} may read this, and lives on no node that is admitted here: it is not sent there now.",
        path="$.audience",
        source=_RECORD,
        remedy="Admit the node where that party lives; it is sent then.",
        reader=reader,
    )


def envelope_for(office: Office, record: Record, reader: Peer) -> Envelope:
    """The record as ``reader`` gets it: its proofs, its files, evidence of when it was there where it is signed under a
    mandate, and which of its causes it may not read."""
    journal = office.journal
    digests = journal.attachments(record.id)
    attachments = [found for found in (journal.attachment(digest) for digest in digests) if found is not None]
    proofs = journal.proofs(record.id)
    return Envelope(
        proofs=tuple(SentProof(securing=each.securing, body=each.body.decode("utf-8")) for each in proofs),
        attachments=pack([*attachments, *receipt_with(office, record, proofs)][:ATTACHMENTS_MAX]),
        withheld=tuple(sorted(_withheld(office, record, reader))),
    )


def _withheld(office: Office, record: Record, reader: Peer) -> Iterable[str]:
    """Causes that ``reader`` will not get from here: not for it, erased, or refused by it. It cannot wait for them."""
    refused = _refused_causes(office, record, reader)
    return (each for each in record.content.after if each in refused or not _shared(office, each, reader))


def _shared(office: Office, record_id: str, reader: Peer) -> bool:
    record = office.journal.record(record_id)
    if record is None or record.erased:
        return False
    return may_read(record.content.audience, record.content.issuer, reader.parties)


def _refused_causes(office: Office, record: Record, reader: Peer) -> frozenset[str]:
    """Causes that were sent because ``reader`` waited for them, and that it would not take."""
    sent = (each for each in office.journal.messages(record.id) if each.peer == reader.id)
    given_up = (each for each in sent if each.state == "undeliverable" and each.lane.startswith(CAUSES))
    return frozenset(str(each.body["record"]) for each in given_up if (each.reason or "").startswith(REFUSED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round of delivery did. ``offered``: entries of the log gone through for peers that came later."""

    delivered: int = 0
    waiting: int = 0
    refused: int = 0
    failed: int = 0
    offered: int = 0

    def __add__(self, other: "Round") -> "Round":
        return Round(
            delivered=self.delivered + other.delivered,
            waiting=self.waiting + other.waiting,
            refused=self.refused + other.refused,
            failed=self.failed + other.failed,
            offered=self.offered + other.offered,
        )


def deliver(office: Office, *, limit: int = 100) -> Round:
    """Send what is due, once, after what is offered to later peers. A peer that is down, or answers nonsense, is tried
    again later."""
    done = Round(offered=offer_past(office))
    if not office.journal.is_shared:
        for each in office.journal.due(office.clock(), limit):
            done += _deliver(office, each)
        return done
    for _ in range(limit):  # one by one: what waits its turn here, another process may send meanwhile
        found = office.journal.due(office.clock(), 1, lease=LEASE)
        for each in found:
            try:
                done += _deliver(office, each)
            finally:
                office.journal.let_go(each.id)
        if not found:
            break
    return done


def keep_taken(office: Office) -> None:
    """Renew the lease of what this process is sending. To be called several times within :data:`LEASE`."""
    office.journal.renew(office.clock() + LEASE)


def _deliver(office: Office, due: Delivery) -> Round:
    receiver = peer(office, due.peer)
    record = office.journal.record(str(due.body["record"]))
    if receiver is None or receiver.status != ADMITTED or record is None or record.erased:
        office.run(lambda journal: journal.failed(due.id, "the peer is no longer admitted, or the record erased"))
        return Round(refused=1)
    known = known_size(office, receiver)
    body = {"envelopes": [write_envelope(envelope_for(office, record, receiver))], "known": known}
    message = nodemail.write(office, DELIVERY, receiver.id, body)
    try:
        answer = office.transport.post(f"{receiver.url}/peer/v1/records", message)
        mail = nodemail.read(office, answer, RECEIPT)
        if mail.sender != receiver.id or mail.body.get("re") != sha256(message):
            raise BadNodeMessage("the answer is not the peer's, or not to this message")
    except TransportError as wrong:
        return _later(office, due, f"{UNREACHED}{wrong.message}")
    except BadNodeMessage as wrong:
        return _later(office, due, wrong.message)
    heard_from(office, receiver.id)
    results = mail.body.get("results")
    result = results[0] if isinstance(results, list) and results and isinstance(results[0], dict) else {}
    note_head(office, receiver, mail.body, known)
    return _settle(office, due, result, answer.decode("ascii"))


def _settle(office: Office, due: Delivery, result: dict[str, Any], ack: str) -> Round:
    outcome = result.get("outcome")
    if outcome in ("kept", "known"):
        office.run(lambda journal: journal.delivered(due.id, ack))
        return Round(delivered=1)
    if outcome == "waiting":
        _send_causes(office, due, result.get("missing") or ())
        _later(office, due, "the peer waits for causes of this record")
        return Round(waiting=1)
    if outcome == "refused":
        reason = json.dumps(result.get("findings") or [], ensure_ascii=False)[:2000]
        office.run(lambda journal: journal.failed(due.id, f"{REFUSED}{reason}"))
        log.warning("a peer refused record %s", due.key)
        return Round(refused=1)
    return _later(office, due, f"the peer answered {str(outcome)[:40]}")


def _send_causes(office: Office, due: Delivery, missing: Iterable[Any]) -> None:
    """The peer keeps the record aside until its causes come: send those that we have."""
    receiver = peer(office, due.peer)
    found = [office.journal.record(str(each)) for each in list(missing)[:1000]]
    messages = [
        Message(peer=due.peer, lane=f"{CAUSES}{record.id}", key=f"{record.id}/{due.key}", body={"record": record.id})
        for record in found
        if record is not None
        and receiver is not None
        and may_read(record.content.audience, record.content.issuer, receiver.parties)
    ]
    if messages:
        office.run(lambda journal: journal.send(messages, cause=due.record_id))


def _later(office: Office, due: Delivery, reason: str) -> Round:
    wait_s = BACKOFF_S[min(due.attempts, len(BACKOFF_S) - 1)]
    retry_at = None if due.attempts >= ATTEMPTS_MAX else office.clock() + timedelta(seconds=wait_s)
    office.run(lambda journal: journal.failed(due.id, reason, retry_at))
    return Round(failed=1)
