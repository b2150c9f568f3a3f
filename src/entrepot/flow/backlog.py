"""The backlog: what was issued before a peer was admitted, or before it hosted a reader, is offered to it afterwards.

Issuing fills the outbox for the peers of that moment. A peer's row says how far the log was gone through for it since
it was admitted or its parties grew; the rounds of delivery go on from there, page by page, across any restart.
"""

from collections.abc import Sequence
from dataclasses import replace

from entrepot.base.record import Record
from entrepot.flow.kinds import SALELESS
from entrepot.flow.office import Office
from entrepot.flow.peer import ADMITTED, OFFERED
from entrepot.journal.journal import Journal
from entrepot.journal.peer import Peer as PeerRow
from entrepot.journal.port import Message

PAGE = 500
"""Entries of the log that one round looks at for one peer, and at most puts into the outbox in one transaction."""


def message_for(record: Record, node: str) -> Message:
    """The message that brings ``record`` to the peer ``node``; the outbox holds it once, whatever became of it."""
    lane = "public" if record.kind in SALELESS else record.sales[0]
    return Message(peer=node, lane=lane, key=record.id, body={"record": record.id})


def offer_past(office: Office) -> int:
    """Put one more page of the log into the outbox of each admitted peer that was not offered all of it.

    How many entries were looked at; 0 where every peer was offered everything that is its own.
    """
    return sum(_offer(office, row) for row in office.journal.peers() if _is_behind(row))


def _is_behind(row: PeerRow) -> bool:
    return row.status == ADMITTED and row.body.get(OFFERED, 0) is not None


def _offer(office: Office, row: PeerRow) -> int:
    page = office.journal.entries(row.body.get(OFFERED, 0), PAGE)
    parties, hosted = frozenset(row.body.get("parties", ())), office.custody.hosted() | {office.identity.did}
    records = [office.journal.record(each.record_id) for each in page]
    owed = [each for each in records if each is not None and _is_owed(each, parties, hosted)]
    # What is appended from now on is addressed by those who append it: they see the row that asked for this walk.
    following = page[-1].seq if len(page) == PAGE else None
    office.run(lambda journal: _note(journal, row, owed, following))
    return len(page)


def _is_owed(record: Record, parties: frozenset[str], hosted: frozenset[str]) -> bool:
    """Whether this node is the one to send ``record`` to the host of ``parties``."""
    if record.erased or record.content.issuer not in hosted:
        return False
    if not record.content.audience:
        return record.kind != "tombstone"  # nobody is told of the erasure of what everybody could read
    return not parties.isdisjoint(record.content.audience)


def _note(journal: Journal, row: PeerRow, owed: Sequence[Record], following: int | None) -> None:
    """The messages and how far we are, both or neither; nothing where the row meanwhile asks for something else."""
    with journal.transaction():
        now = journal.peer(row.id)
        if now is None or _asks(now) != _asks(row):
            return
        for each in owed:
            journal.send([message_for(each, row.id)], cause=each.id)
        journal.put_peer(replace(now, body={**now.body, OFFERED: following}))


def _asks(row: PeerRow) -> tuple[object, ...]:
    return row.status, row.body.get(OFFERED, 0), frozenset(row.body.get("parties", ()))
