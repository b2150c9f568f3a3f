"""Peers: other nodes, and how they are invited, accepted, blocked and moved.

A peer is known by its node key (did:key). Its row in the journal: ``url``, ``status`` and the description it signed.
Status: ``asked`` (we invited it), ``asking`` (it invited us), ``admitted`` (both agreed), ``blocked``.
"""

import contextlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment, parse_moment
from entrepot.flow import nodemail
from entrepot.flow.error import BadNodeMessage, NotAdmitted, TransportError
from entrepot.flow.office import Office
from entrepot.flow.resolving import Remembered
from entrepot.journal.journal import Journal
from entrepot.journal.peer import Peer as PeerRow
from entrepot.party.residence import names_node, read_residence

ASKED, ASKING, ADMITTED, BLOCKED = "asked", "asking", "admitted", "blocked"
GREETING = "greeting"
CATCH_UP = "catchUp"
"""Member of a peer's row: how far it was asked after a restore (:mod:`entrepot.flow.catchup`)."""
OFFERED = "offered"
"""Member of a peer's row: up to which number of the log it was offered what was issued before it could be addressed;
none where all of it was (:mod:`entrepot.flow.backlog`). Left out: from the beginning."""
DOCUMENTS = "documents"
"""Member of a peer's row: the DID documents of its parties as they were last fetched, and when."""
DOCUMENTS_BYTES_MAX = 256 * 1024
"""Bytes of documents that are remembered of one peer; those beyond it are forgotten, by the order of their DIDs."""
UNREACHED = "unreached: "
"""Begins the reason of a message whose peer could not be reached."""
NEVER = "1970-01-01T00:00:00Z"
PEERS_MAX = 1000
PARTIES_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another node. ``parties``: DIDs that it says it hosts. ``seen``: time of its last greeting, RFC 3339."""

    id: str
    url: str
    status: str
    parties: frozenset[str]
    seen: str


def describe(office: Office) -> dict[str, Any]:
    """What this node tells about itself, to anyone."""
    return {
        "node": office.identity.did,
        "url": office.url,
        "parties": sorted(office.custody.hosted()),
        "logId": office.journal.log_id,
        "versions": {"records": 1, "mail": 1},
    }


def peers(office: Office) -> tuple[Peer, ...]:
    """All peers, by id."""
    return tuple(_peer(row) for row in office.journal.peers())


def peer(office: Office, node: str) -> Peer | None:
    """One peer by its node DID."""
    row = office.journal.peer(node)
    return None if row is None else _peer(row)


def admitted(office: Office, node: str) -> Peer:
    """The admitted peer with that node DID; raises :class:`NotAdmitted` for any other."""
    found = peer(office, node)
    if found is None or found.status != ADMITTED:
        raise NotAdmitted(f"{node} is not an admitted peer", remedy="Ask its operator and ours to admit each other.")
    return found


def hosts_of(office: Office, readers: Iterable[str]) -> tuple[Peer, ...]:
    """The admitted peers that host one of ``readers``; all admitted peers where ``readers`` is empty (public)."""
    wanted = set(readers)
    return tuple(each for each in peers(office) if each.status == ADMITTED and (not wanted or wanted & each.parties))


def invite(office: Office, url: str) -> Peer:
    """Ask the node at ``url`` to exchange records. It answers with its description; its operator accepts later, or has
    admitted this node already: before this node lost what it knew of its peers."""
    answer = office.transport.post(f"{url}/peer/v1/greeting", _greeting(office, "*", ASKED))
    mail = nodemail.read(office, answer, GREETING)
    known = peer(office, mail.sender)
    is_mutual = mail.body.get("status") == ADMITTED or (known is not None and known.status in (ASKING, ADMITTED))
    status = ADMITTED if is_mutual else ASKED
    return _keep(office, mail, status, lifts_block=True)


def accept(office: Office, node: str) -> Peer:
    """Admit a node that asked, and tell it."""
    known = peer(office, node)
    if known is None:
        raise UsageError(f"no node {node} has asked", remedy="Invite it by its address.")
    _put(office, known, ADMITTED)
    _greet(office, known)
    return _require(office, node)


def block(office: Office, node: str) -> Peer:
    """Take nothing more from a node and send it nothing more."""
    known = peer(office, node)
    if known is None:
        raise UsageError(f"no node {node} is known")
    _put(office, known, BLOCKED)
    return _require(office, node)


def announce(office: Office, only: Collection[str] | None = None) -> tuple[str, ...]:
    """Tell every admitted peer (``only``: of these ids) this node's present address and parties; the ids of those that
    could not be told."""
    missed = []
    for each in peers(office):
        if each.status == ADMITTED and (only is None or each.id in only):
            try:
                _greet(office, each)
            except (TransportError, BadNodeMessage):
                missed.append(each.id)
    return tuple(missed)


def return_to_peers(office: Office) -> int:
    """After a start, tell every admitted peer that this node is back, so that they send at once what waited for it.

    How many answered; one that is down is told nothing, and speaks when it returns itself.
    """
    answered = 0
    for each in peers(office):
        if each.status == ADMITTED:
            with contextlib.suppress(TransportError, BadNodeMessage, NotAdmitted):
                _greet(office, each)
                heard_from(office, each.id)
                answered += 1
    return answered


def heard_from(office: Office, node: str) -> None:
    """A peer that speaks can be reached again: what is still to be sent to it need not wait any longer."""
    office.run(lambda journal: journal.hasten(node, UNREACHED))


def _greet(office: Office, known: Peer) -> None:
    """Greet an admitted peer; the answer must be its own, and tells its present address and parties."""
    answer = office.transport.post(f"{known.url}/peer/v1/greeting", _greeting(office, known.id, ADMITTED))
    mail = nodemail.read(office, answer, GREETING)
    if mail.sender != known.id:
        raise BadNodeMessage(f"another node answers at {known.url}", remedy="Ask its operator for the right address.")
    _keep(office, mail, ADMITTED)


def greeted(office: Office, message: bytes) -> bytes:
    """Answer a greeting: keep what the node says of itself, and say the same of this one.

    A greeting by the same key with a later time changes the address. Being admitted takes both sides: what the other
    side says can complete an invitation of ours, never replace it.
    """
    mail = nodemail.read(office, message, GREETING)
    known = peer(office, mail.sender)
    if known is not None and known.status == BLOCKED:
        raise NotAdmitted("this node has blocked the sender")
    if known is None and len(office.journal.peers()) >= PEERS_MAX:
        raise NotAdmitted("too many nodes have asked", remedy="Ask the operator to clear the list.")
    if known is not None and mail.sent < parse_moment(known.seen):
        raise BadNodeMessage("older than the last greeting of the same node")
    status = known.status if known is not None else ASKING
    if status == ASKED and mail.body.get("status") in (ADMITTED, ASKED):
        status = ADMITTED
    _keep(office, mail, status)
    heard_from(office, mail.sender)
    return _greeting(office, mail.sender, status)


def _greeting(office: Office, receiver: str, status: str) -> bytes:
    told = {**describe(office), "residences": dict(office.custody.residences()), "status": status}
    return nodemail.write(office, GREETING, receiver, told)


def _keep(office: Office, mail: nodemail.Mail, status: str, *, lifts_block: bool = False) -> Peer:
    url, parties = mail.body.get("url"), mail.body.get("parties")
    if mail.body.get("node") != mail.sender or not isinstance(url, str) or not isinstance(parties, list):
        raise BadNodeMessage("the greeting does not describe its sender")
    before = office.journal.peer(mail.sender)
    claimed = [str(each) for each in parties[:PARTIES_MAX]] if status == ADMITTED else []  # strangers cost no look-ups
    residents = _residents(mail)
    found, documents = _hosted(office, mail.sender, claimed, {} if before is None else before.body)
    found = sorted({*found, *residents.intersection(claimed)})
    body = {
        "parties": found,
        "seen": format_moment(mail.sent),
        "logId": str(mail.body.get("logId", "")),
        DOCUMENTS: _bounded(documents),
    }
    row = PeerRow(id=mail.sender, url=url.rstrip("/"), status=status, key=mail.sender, body=body)
    office.run(lambda journal: _put_row(journal, row, lifts_block=lifts_block))
    return _require(office, mail.sender)


def _put_row(journal: Journal, row: PeerRow, *, lifts_block: bool) -> None:
    """Keep the row with what others noted in it; one that is admitted anew or hosts more is offered the whole log.

    Of two greetings that were read at once the later stays, whichever process is last to keep it."""
    with journal.transaction():
        before = journal.peer(row.id)
        if before is not None and not lifts_block and _seen(before) > _seen(row):
            return
        noted = (
            {} if before is None else {name: before.body[name] for name in (CATCH_UP, OFFERED) if name in before.body}
        )
        if before is not None and before.status == BLOCKED and not lifts_block:
            row = replace(row, status=BLOCKED)  # the operator blocked it while it was answering
        known = frozenset() if before is None else frozenset(before.body.get("parties", ()))
        if before is None or before.status != row.status or not known.issuperset(row.body.get("parties", ())):
            noted.pop(OFFERED, None)
        body = {name: each for name, each in row.body.items() if name not in (CATCH_UP, OFFERED)}
        journal.put_peer(replace(row, body=body | noted))


def _seen(row: PeerRow) -> datetime:
    return parse_moment(row.body.get("seen", NEVER))


def _residents(mail: nodemail.Mail) -> frozenset[str]:
    """Parties under did:key that have signed that they live on the sender's node."""
    stated = mail.body.get("residences")
    texts = list(stated.values())[:PARTIES_MAX] if isinstance(stated, dict) else []
    found = (read_residence(each) for each in texts if isinstance(each, str))
    return frozenset(each.party for each in found if each is not None and each.node == mail.sender)


def _hosted(
    office: Office, node: str, claimed: list[str], before: Mapping[str, Any]
) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Of the parties that a node says it hosts, those whose own DID document says the same; and these documents.

    Without this a peer could claim another's party, and be sent what only that party may read. ``before``: the body of
    the node's row; a party whose document cannot be had just now, because its node is only starting or was stopped
    again, is no reason to forget it, and to issue past it what it should read.
    """
    found: list[str] = []
    documents: dict[str, dict[str, Any]] = {}
    known, kept = before.get("parties", ()), before.get(DOCUMENTS, {})
    for did in sorted(set(claimed)):
        resolution = office.resolver.resolve(did)
        if not (did in known if resolution.document is None else names_node(resolution.document, node)):
            continue
        found.append(did)
        if resolution.document is None or resolution.remembered is not None:
            documents |= {did: kept[did]} if did in kept else {}
        elif did.startswith("did:web:"):  # did:key needs no memory, and a did:webvh is its history, not one document
            documents[did] = {"at": format_moment(office.clock()), "document": resolution.document}
    return found, documents


def _bounded(documents: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    kept, left = {}, DOCUMENTS_BYTES_MAX
    for did, each in documents.items():
        size = len(canonical(each))
        if size <= left:
            kept[did] = each
            left -= size
    return kept


def remembered(journal: Journal, did: str) -> Remembered | None:
    """The document of ``did`` that was last fetched when an admitted peer said it hosts that party, or None.

    It named the peer's node itself, or it would not have been kept.
    """
    rows = [row.body.get(DOCUMENTS, {}).get(did) for row in journal.peers() if row.status == ADMITTED]
    found = [Remembered(document=each["document"], at=parse_moment(each["at"])) for each in rows if each is not None]
    return max(found, key=lambda each: each.at, default=None)


def _put(office: Office, known: Peer, status: str) -> None:
    def put(journal: Journal) -> None:
        with journal.transaction():
            row = journal.peer(known.id)
            if row is not None:
                _put_row(journal, replace(row, status=status), lifts_block=True)

    office.run(put)


def _require(office: Office, node: str) -> Peer:
    found = peer(office, node)
    if found is None:
        raise NotAdmitted(f"{node} is not known")
    return found


def _peer(row: Any) -> Peer:
    return Peer(
        id=row.id,
        url=row.url,
        status=row.status,
        parties=frozenset(row.body.get("parties", ())),
        seen=row.body.get("seen", NEVER),
    )
