"""What nodes say to each other: small JSON bodies in a compact JWS by the node's own key (RFC 7515).

Each message names sender, receiver and time. Replaying one has no effect: records are kept once per id, and a
greeting older than the last one is refused.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.moment import format_moment, parse_moment
from entrepot.flow.error import BadNodeMessage
from entrepot.flow.office import Office, Signatory
from entrepot.party.did import key_of_did_key
from entrepot.party.jws import read_jws, sign_jws, verify_jws

MESSAGE_BYTES_MAX = 16 << 20
AGE_MAX = timedelta(minutes=15)
TYPE = "entrepot-node+jws"
ANYBODY, OPEN_SUBJECT = "*", "greeting"
"""Only a greeting may be addressed to whoever answers: its sender does not know the node yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An opened message: ``sender`` and ``receiver`` are node DIDs (did:key)."""

    subject: str
    sender: str
    receiver: str
    sent: datetime
    body: dict[str, Any]


def write(office: Office, subject: str, receiver: str, body: dict[str, Any]) -> bytes:
    """A signed message to the node ``receiver`` (a DID, or ``*`` where it is not known yet)."""
    text = {
        "subject": subject,
        "sender": office.identity.did,
        "receiver": receiver,
        "sent": format_moment(office.clock()),
        "body": body,
    }
    return sign_as(office.identity, canonical(text)).encode("ascii")


def sign_as(identity: Signatory, payload: bytes) -> str:
    """``payload`` as a compact JWS by the node's key."""
    return sign_jws({"kid": identity.method, "typ": TYPE}, payload, identity.key)


def read(office: Office, message: bytes, subject: str) -> Mail:
    """Open a message meant for this office. Raises :class:`BadNodeMessage` saying what is wrong with it."""
    if len(message) > MESSAGE_BYTES_MAX:
        raise BadNodeMessage(f"more than {MESSAGE_BYTES_MAX} bytes")
    try:
        mail = _open(message)
    except (ValueError, KeyError, TypeError, json.JSONDecodeError) as wrong:
        raise BadNodeMessage(f"not a signed node message: {wrong}") from wrong
    if mail.subject != subject:
        raise BadNodeMessage(f"a message about {mail.subject}, expected {subject}")
    if mail.receiver != office.identity.did and not (mail.receiver == ANYBODY and subject == OPEN_SUBJECT):
        raise BadNodeMessage("meant for another node")
    if abs(office.clock() - mail.sent) > AGE_MAX:
        raise BadNodeMessage("older or newer than 15 minutes by this node's clock", remedy="Set the clock.")
    return mail


def _open(message: bytes) -> Mail:
    jws = read_jws(message.decode("ascii"))
    if jws is None:
        raise ValueError("not a compact JWS")
    value, findings = read_json(jws.payload, JsonLimits(bytes_max=MESSAGE_BYTES_MAX))
    if findings:
        raise ValueError(findings[0].text)
    sender = str(value["sender"])
    key = key_of_did_key(sender)
    if jws.header.get("typ") != TYPE or not verify_jws(jws, key):
        raise ValueError("the signature is not by the named sender")
    if not isinstance(value["body"], dict):
        raise TypeError("the body is not an object")
    return Mail(
        subject=str(value["subject"]),
        sender=sender,
        receiver=str(value["receiver"]),
        sent=parse_moment(value["sent"]),
        body=value["body"],
    )
