"""Tree heads between nodes: each answer carries ours, each peer's is kept, so that a rewritten past is detected."""

import logging
from collections.abc import Mapping
from typing import Any

from entrepot.base.error import EntrepotError
from entrepot.base.head import TreeHead, head_from_json, verify_head
from entrepot.flow.office import Office
from entrepot.flow.peer import Peer
from entrepot.journal.peer import Verdict
from entrepot.party.did import key_of_did_key
from entrepot.party.jws import read_jws, verify_jws

log = logging.getLogger("entrepot.heads")
PATH_MAX = 200


def head_body(office: Office, known: Any) -> dict[str, Any]:
    """This node's newest head, with the proof that it continues the log of ``known`` entries (a size)."""
    head = office.journal.head()
    if head is None:
        return {}
    path: tuple[str, ...] = ()
    if type(known) is int and 0 < known < head.size:
        path = office.journal.consistency(known, head.size)
    return {"head": head.to_json(), "consistency": list(path)}


def known_size(office: Office, sender: Peer) -> int:
    """The size of the largest good head that is kept of a peer's log; 0 where there is none."""
    head = office.journal.peer_head(sender.id, sender.id)
    return 0 if head is None else head.size


def note_head(office: Office, sender: Peer, body: Mapping[str, Any], known: int) -> Verdict | None:
    """Judge and keep the head that a peer sent with its answer; None where there is none or it is not signed by it.

    ``known``: the size that it was told, from which its proof leads; a larger head may be kept by now.

    A fork or a shrunk log is kept as evidence, logged, and shown to the operator; what the peer's parties sign is
    still judged by their own signatures.
    """
    head = head_of(sender, body)
    if head is None:
        return None
    steps = consistency_in(body)
    try:
        verdict = office.run(lambda journal: journal.observe_head(sender.id, head, steps, base=known))
    except EntrepotError:
        log.exception("the head of peer %s could not be kept", sender.id)
        return None
    tell_suspects(sender, verdict, head)
    return verdict


def head_of(sender: Peer, body: Mapping[str, Any]) -> TreeHead | None:
    """The head of its own log that a peer sent and signed, or None."""
    head = head_from_json(body.get("head"))
    if head is None or head.log_id != sender.id or not verify_head(head, lambda jws: signed_by(sender.id, jws)):
        return None
    return head


def consistency_in(body: Mapping[str, Any]) -> list[str]:
    """The consistency proof that a peer sent with its head; empty where there is none."""
    path = body.get("consistency")
    return [str(each) for each in path][:PATH_MAX] if isinstance(path, list) else []


def tell_suspects(sender: Peer, verdict: Verdict, head: TreeHead) -> None:
    """Log that a peer contradicts itself."""
    if verdict in (Verdict.FORKED, Verdict.SHRUNK):
        log.error("peer %s contradicts its own log: %s at size %d", sender.id, verdict, head.size)


def signed_by(node: str, compact: str) -> bytes | None:
    """The payload of a compact JWS where the key of ``node`` (a did:key) signed it, else None."""
    jws = read_jws(compact)
    return jws.payload if jws is not None and verify_jws(jws, key_of_did_key(node)) else None
