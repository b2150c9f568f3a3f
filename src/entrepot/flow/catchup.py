"""Catching up: a restored journal asks every admitted peer for what it lost, before it says anything new.

A journal that was begun anew does not even know its peers: the operator names their addresses, and it finds them first.

One door, two questions: which records do you hold that my parties may read (ids, in pages, behind a cursor of yours),
and the envelopes of those. A peer's answer, or an operator's decision not to wait for it, is kept in its row, so that
a restart goes on where it was. What no peer holds - what only parties of this node could read - stays lost.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from entrepot.base.digest import is_digest, sha256
from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment
from entrepot.flow import nodemail
from entrepot.flow.audience import may_read
from entrepot.flow.envelope import write_envelope
from entrepot.flow.error import BadNodeMessage, NotAdmitted, TransportError
from entrepot.flow.headwatch import head_body, known_size, note_head
from entrepot.flow.office import Office
from entrepot.flow.peer import ADMITTED, CATCH_UP, Peer, admitted, invite, peers
from entrepot.flow.post import envelope_for, messages_for
from entrepot.flow.receive import Outcome, receive
from entrepot.journal.journal import Journal
from entrepot.journal.port import FloorBroken
from entrepot.payment.ledger import LedgerRefused

log = logging.getLogger("entrepot.catch-up")
MISSING, HELD = "missing", "held"
NOT_FOUND = "not found again"
IDS_MAX = 500
"""Entries that one page of ids looks at."""
WANTED_MAX = 50
"""Records that one question may name."""
ANSWER_BYTES_MAX = 2 << 20
"""Bytes of envelopes after which an answer ends; what is left out is asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How far catching up with one peer has come. ``at``: when it ended, empty while it is waited for. ``by`` and
    ``reason``: who decided not to wait, and why; ``reason`` alone: why it has not ended yet."""

    node: str
    url: str
    at: str = ""
    by: str = ""
    reason: str = ""
    recovered: int = 0
    refused: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether nobody waits for this peer any more."""
        return bool(self.at)


# ---- the peer that is asked ------------------------------------------------------------------------------------------


def missing(office: Office, message: bytes) -> bytes:
    """Answer an admitted peer that was restored: ids behind a cursor, or the envelopes of the ids it names.

    Only records that the peer's own parties may read or have issued, and public ones. Raises
    :class:`BadNodeMessage` and :class:`NotAdmitted`, which the edge answers with a problem document.
    """
    mail = nodemail.read(office, message, MISSING)
    asker = admitted(office, mail.sender)
    after, wanted = mail.body.get("after"), mail.body.get("wanted")
    if type(after) is int and after >= 0:
        body = _ids(office, asker, after)
    elif isinstance(wanted, list) and len(wanted) <= WANTED_MAX:
        body = {"envelopes": list(_envelopes(office, asker, wanted))}
    else:
        raise BadNodeMessage("neither a cursor nor a list of records")
    body |= {"re": sha256(message), **head_body(office, mail.body.get("known"))}
    return nodemail.write(office, HELD, mail.sender, body)


def _ids(office: Office, asker: Peer, after: int) -> dict[str, Any]:
    page = office.journal.entries(after, IDS_MAX)
    return {
        "records": [each.record_id for each in page if _may_have(office, asker, each.record_id)],
        "next": page[-1].seq if len(page) == IDS_MAX else None,
    }


def _envelopes(office: Office, asker: Peer, wanted: Iterable[Any]) -> Iterator[dict[str, Any]]:
    size = 0
    for each in wanted:
        record = office.journal.record(str(each))
        if record is None or size > ANSWER_BYTES_MAX or not _may_have(office, asker, record.id):
            continue
        envelope = envelope_for(office, record, asker)
        if not envelope.proofs:
            continue  # erased since
        size += sum(len(proof.body) for proof in envelope.proofs) + sum(len(file.body) for file in envelope.attachments)
        yield {"id": record.id, "envelope": write_envelope(envelope)}


def _may_have(office: Office, asker: Peer, record_id: str) -> bool:
    record = office.journal.record(record_id)
    if record is None or record.erased:
        return False
    return may_read(record.content.audience, record.content.issuer, asker.parties)


# ---- the restored node -----------------------------------------------------------------------------------------------


def progress(office: Office) -> tuple[Asked, ...]:
    """How far each admitted peer has been asked since the last restore, by id; then those that a log which was begun
    anew has not found again (``node`` is empty: only their addresses are known)."""
    known = tuple(_asked(office, each) for each in peers(office) if each.status == ADMITTED)
    return known + tuple(Asked(node="", url=url, reason=NOT_FOUND) for url in office.journal.former_peers())


def catch_up(office: Office) -> tuple[Asked, ...]:
    """Ask every admitted peer that was not asked yet, once; how far each is then.

    When all were asked or given up, new records are welcome again, and the new epoch of the log gets its first head.
    Nothing happens where nothing has to be caught up with.
    """
    if not office.journal.needs_catch_up:
        return progress(office)
    with office.journal.turn("catch-up") as ours:
        return _catch_up(office) if ours and office.journal.needs_catch_up else progress(office)


def _catch_up(office: Office) -> tuple[Asked, ...]:
    lost = tuple(each for each in (_find_again(office, url) for url in office.journal.former_peers()) if each)
    known = [each for each in progress(office) if each.node]
    asked = (*(each if each.is_settled else _ask(office, each) for each in known), *lost)
    if all(each.is_settled for each in asked):
        office.run(_open_again)
        log.info("caught up with %d peers: %d records are back", len(asked), sum(each.recovered for each in asked))
    return asked


def _open_again(journal: Journal) -> None:
    journal.caught_up()
    journal.seal(renew=True)


def waive(office: Office, node: str, *, by: str, reason: str) -> Asked:
    """Wait no longer for ``node``, as ``by`` decides; it is recorded with the peer. What it alone held may be lost.

    Raises :class:`UsageError` where nothing is caught up with, or no such peer is waited for.
    """
    found = next((each for each in progress(office) if each.node == node), None)
    if not office.journal.needs_catch_up:
        raise UsageError("this node waits for no peer")
    if found is None:
        raise UsageError(f"{node} is not an admitted peer")
    if found.is_settled:
        return found
    log.warning("%s decides not to wait for %s: %s", by, node, reason)
    return _note(office, replace(found, at=format_moment(office.clock()), by=by, reason=reason))


def _find_again(office: Office, url: str) -> Asked | None:
    """Make the node at ``url`` a peer again; None where it is one now, otherwise why not."""
    try:
        found = invite(office, url)
    except (TransportError, BadNodeMessage, NotAdmitted) as wrong:
        return Asked(node="", url=url, reason=wrong.message)
    if found.status != ADMITTED:
        return Asked(
            node="", url=url, reason=f"{found.id} does not know this node as a peer; its operator must admit it"
        )
    office.run(lambda journal: journal.found_again(url))
    return None


def _ask(office: Office, so_far: Asked) -> Asked:
    try:
        asked = _recover(office, admitted(office, so_far.node), so_far)
    except (TransportError, BadNodeMessage, NotAdmitted) as wrong:
        asked = replace(so_far, reason=wrong.message)
    return _note(office, asked)


def _recover(office: Office, source: Peer, so_far: Asked) -> Asked:
    """Take everything that ``source`` holds and this node lacks; its rounds repeat while each brings something."""
    recovered, refused, open_ids = so_far.recovered, so_far.refused, [*_lacking(office, source)]
    while open_ids:
        taken, left = _round(office, source, open_ids)
        recovered += taken[0]
        refused += taken[1]
        if len(left) == len(open_ids):
            reason = f"{len(left)} records could not be taken yet"
            return replace(so_far, recovered=recovered, refused=refused, reason=reason)
        open_ids = left
    at = format_moment(office.clock())
    return replace(so_far, at=at, reason="", recovered=recovered, refused=refused)


def _lacking(office: Office, source: Peer) -> Iterator[str]:
    after: Any = 0
    while type(after) is int:
        body = _question(office, source, {"after": after})
        ids = body.get("records")
        for each in ids if isinstance(ids, list) else ():
            if isinstance(each, str) and is_digest(each) and office.journal.entry(each) is None:
                yield each
        following = body.get("next")
        after = following if type(following) is int and following > after else None


def _round(office: Office, source: Peer, ids: list[str]) -> tuple[tuple[int, int], list[str]]:
    """One pass over ``ids``: how many came back and how many were refused, and which are still to be taken."""
    back, refused, left = 0, 0, []
    while ids:
        body = _question(office, source, {"wanted": ids[:WANTED_MAX]})
        sent = body.get("envelopes")
        envelopes = {each.get("id"): each for each in sent if isinstance(each, dict)} if isinstance(sent, list) else {}
        batch, ids = ids[:WANTED_MAX], ids[WANTED_MAX:]
        for each in batch:
            outcome = _take(office, source, envelopes[each]) if each in envelopes else Outcome.RETRY
            back += outcome in (Outcome.KEPT, Outcome.WAITING)
            refused += outcome is Outcome.REFUSED
            if outcome is Outcome.RETRY:
                left.append(each)
    return (back, refused), left


def _take(office: Office, source: Peer, sent: Mapping[str, Any]) -> Outcome:
    try:
        received = receive(office, sent.get("envelope"), source)
    except (FloorBroken, LedgerRefused):
        return Outcome.RETRY  # a booking that stands on others, which come later in the peer's order
    if received.outcome is Outcome.KEPT:
        _pass_on(office, received.record_id, source)
    if received.outcome is Outcome.REFUSED:
        log.warning("record %s of peer %s was not taken back", received.record_id, source.id)
    return received.outcome


def _pass_on(office: Office, record_id: str, source: Peer) -> None:
    """A record of one of our parties may not have reached its other readers before it was lost."""
    record = office.journal.record(record_id)
    if record is not None and record.content.issuer in office.custody.hosted():
        others = [each for each in messages_for(office, record) if each.peer != source.id]
        office.run(lambda journal: journal.send(others, cause=record_id))


def _question(office: Office, source: Peer, body: Mapping[str, Any]) -> Mapping[str, Any]:
    known = known_size(office, source)
    message = nodemail.write(office, MISSING, source.id, {**body, "known": known})
    answer = office.transport.post(f"{source.url}/peer/v1/missing", message)
    mail = nodemail.read(office, answer, HELD)
    if mail.sender != source.id or mail.body.get("re") != sha256(message):
        raise BadNodeMessage("the answer is not the peer's, or not to this message")
    note_head(office, source, mail.body, known)
    return mail.body


def _asked(office: Office, each: Peer) -> Asked:
    row = office.journal.peer(each.id)
    kept = row.body.get(CATCH_UP) if row is not None else None
    if not isinstance(kept, Mapping) or kept.get("epoch") != office.journal.epoch:
        return Asked(node=each.id, url=each.url)
    told = {name: kept[name] for name in ("at", "by", "reason", "recovered", "refused")}
    return Asked(node=each.id, url=each.url, **told)


def _note(office: Office, asked: Asked) -> Asked:
    """Keep it in the peer's row; what changes nothing is not written again."""
    told = {name: getattr(asked, name) for name in ("at", "by", "reason", "recovered", "refused")}
    kept = {"epoch": office.journal.epoch, **told}

    def put(journal: Journal) -> None:
        with journal.transaction():  # others write the row too: it is read where it is changed
            row = journal.peer(asked.node)
            if row is not None and row.body.get(CATCH_UP) != kept:
                journal.put_peer(replace(row, body={**row.body, CATCH_UP: kept}))

    row = office.journal.peer(asked.node)
    if row is not None and row.body.get(CATCH_UP) != kept:
        office.run(put)
    return asked
