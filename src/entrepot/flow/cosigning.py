"""Cosigning: peers countersign each other's tree heads, so that a clock of others says since when a record is there.

As C2SP tlog-witness has it, in our own messages: a node shows an admitted peer its newest head, with the proof that it
continues the tree from which the peer last said that it knows it. The peer judges it, keeps it, and answers with its
cosignature (:mod:`entrepot.base.cosignature`), or with why there is none. Nothing is cosigned that is forked, shrunk,
not proven, stale or of the future.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from entrepot.base.cosignature import (
    AHEAD,
    NUMBER_MAX,
    TYPE,
    Cosignature,
    read_cosignature,
    staleness,
    verify_cosignature,
)
from entrepot.base.digest import sha256
from entrepot.base.error import EntrepotError
from entrepot.base.head import TreeHead
from entrepot.flow import nodemail
from entrepot.flow.error import BadNodeMessage
from entrepot.flow.headwatch import consistency_in, head_of, signed_by, tell_suspects
from entrepot.flow.office import Office
from entrepot.flow.peer import ADMITTED, Peer, admitted, peers
from entrepot.journal.peer import Verdict
from entrepot.party.jws import sign_jws

log = logging.getLogger("entrepot.heads")
SHOWN, COSIGNED = "head", "cosignature"
"""Subjects of the two messages."""
DOOR = "peer/v1/heads"
RENEWED = timedelta(minutes=5)
"""A head that is older is signed anew before it is shown, so that it is not stale when it arrives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What came of showing a peer the newest head: ``is_kept``, or why not (``reason``, for the operator)."""

    node: str
    is_kept: bool
    reason: str = ""


# ---- the witness -----------------------------------------------------------------------------------------------------


def answer_head(office: Office, message: bytes) -> bytes:
    """Answer an admitted peer that shows its head: the cosignature, or why there is none and from which size a proof
    must lead. Raises :class:`BadNodeMessage` and :class:`NotAdmitted`, which the edge answers with a problem document.
    """
    mail = nodemail.read(office, message, SHOWN)
    asker = admitted(office, mail.sender)
    body = {"re": sha256(message), **_judged(office, asker, mail.body)}
    return nodemail.write(office, COSIGNED, mail.sender, body)


def _judged(office: Office, asker: Peer, body: Mapping[str, Any]) -> dict[str, Any]:
    head = head_of(asker, body)
    if head is None or not (0 < head.epoch <= NUMBER_MAX and 0 < head.size <= NUMBER_MAX):
        return {"reason": "unread"}
    reason = "catching up" if office.journal.needs_catch_up else staleness(head, office.clock())
    if reason:
        return {"reason": reason}
    base = body.get("base")
    lead = base if type(base) is int else 0
    steps = consistency_in(body)
    answer = office.run(
        lambda journal: journal.cosign(asker.id, head, steps, base=lead, sign=lambda payload: _signed(office, payload))
    )
    tell_suspects(asker, answer.verdict, head)
    return {"reason": str(answer.verdict), "known": answer.known, "cosignature": answer.cosignature}


def _signed(office: Office, payload: bytes) -> str:
    return sign_jws({"kid": office.identity.method, "typ": TYPE}, payload, office.identity.key)


# ---- the log ---------------------------------------------------------------------------------------------------------


def show_heads(office: Office) -> tuple[Shown, ...]:
    """Show the newest head to every admitted peer that has not cosigned it, and keep what they answer; what came of
    each. Nothing happens while this node catches up after a restore: its log is not whole then."""
    if office.journal.needs_catch_up:
        return ()
    found = []
    for each in peers(office):
        if each.status == ADMITTED and each.id != office.identity.did:
            try:
                shown = _show(office, each)
            except EntrepotError as wrong:
                shown = Shown(node=each.id, is_kept=False, reason=wrong.message)
            found += [shown] if shown is not None else []
    return tuple(found)


def _show(office: Office, witness: Peer) -> Shown | None:
    """None where the peer has cosigned the newest head already."""
    last = office.journal.cosignature_of(witness.id, office.journal.log_id)
    head = office.journal.head()
    if head is None or not head.size or (last is not None and (last.epoch, last.size) >= (head.epoch, head.size)):
        return None
    if head.time < office.clock() - RENEWED:
        head = office.run(lambda journal: journal.seal(renew=True)) or head
    base = last.size if last is not None and last.epoch == head.epoch else 0
    answer = _exchange(office, witness, head, base)
    known = answer.get("known")
    if answer.get("reason") == str(Verdict.UNPROVEN) and type(known) is int and 0 < known < head.size and known != base:
        answer = _exchange(office, witness, head, known)
    return _keep(office, witness, head, answer)


def _exchange(office: Office, witness: Peer, head: TreeHead, base: int) -> Mapping[str, Any]:
    path = office.journal.consistency(base, head.size) if 0 < base < head.size else ()
    body = {"head": head.to_json(), "base": base, "consistency": list(path)}
    message = nodemail.write(office, SHOWN, witness.id, body)
    answer = office.transport.post(f"{witness.url}/{DOOR}", message)
    mail = nodemail.read(office, answer, COSIGNED)
    if mail.sender != witness.id or mail.body.get("re") != sha256(message):
        raise BadNodeMessage("the answer is not the peer's, or not to this message")
    return mail.body


def _keep(office: Office, witness: Peer, head: TreeHead, answer: Mapping[str, Any]) -> Shown:
    text = answer.get("cosignature")
    if not text:
        return Shown(node=witness.id, is_kept=False, reason=f"it answers: {str(answer.get('reason'))[:40]}")
    made = read_cosignature(text)
    reason = fault(made, head, witness=witness.id, now=office.clock())
    if made is None or reason:
        log.error("peer %s gave no cosignature of the head of size %d: %s", witness.id, head.size, reason)
        return Shown(node=witness.id, is_kept=False, reason=reason)
    kept = office.run(lambda journal: journal.keep_cosignature(made))
    return Shown(node=witness.id, is_kept=kept, reason="" if kept else "it is over no head of this log")


def fault(made: Cosignature | None, head: TreeHead, *, witness: str, now: datetime) -> str:
    """Why what ``witness`` (a node's did:key) answered is not its cosignature of ``head``; empty where it is one."""
    if made is None:
        return "it is not written as one"
    if made.witness != witness or not verify_cosignature(made, lambda jws: signed_by(witness, jws)):
        return "it is not by its key"
    if not made.same_tree(head):
        return "it is over another head"
    if made.is_back_dated:
        return "it was seen before it was signed"
    return "it was seen in the future" if made.seen > now + AHEAD else ""
