"""Letting a party live on this node with a key that the node holds: for the API and for the pages alike."""

from enum import StrEnum

from django.conf import settings

from entrepot.node.custody import key_did, web_did
from entrepot.node.problem import ProblemError
from entrepot.node.running import office, station
from entrepot.party.key import Curve


class PartyMethod(StrEnum):
    """How a party is named: ``web`` under this node's address, or ``key`` by its key alone, which cannot be changed
    and does not say where the party lives."""

    WEB = "web"
    KEY = "key"


def host(name: str, curve: Curve = Curve.ED25519, method: PartyMethod = PartyMethod.WEB) -> str:
    """The DID of the party with that short name, which is made where it is not there; admitted peers are told.

    Raises a 409 problem where it is there in another form, :class:`~entrepot.node.error.NameTaken` where it keeps its
    own key.
    """
    web = web_did(settings.CONFIG.did_host, settings.CONFIG.port, name)
    did = key_did if method is PartyMethod.KEY else web
    made = station().keys.create(name, did=did, curve=curve, now=office().clock())
    if made.key.curve is not curve or not made.did.startswith(f"did:{method}:"):
        raise ProblemError(409, "party-exists", f"The party {name} is there, as {made.did} on {made.key.curve}.")
    station().announcer.tell()
    return made.did
