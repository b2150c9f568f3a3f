"""Where a party lives, as the party itself says: a service in its DID document, or a statement signed by its did:key.

A node that claims to host somebody is not believed. The document of a did:web or did:webvh names the node in a service
entry (DID 1.0, 5.4); a did:key has no document of its own, so its one key signs a statement instead (compact JWS, RFC
7515), which the node shows to its peers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.shape import Did, dump, parse
from entrepot.party.did import key_method_id, key_of_did_key
from entrepot.party.error import KeyFormError
from entrepot.party.jws import Signer, read_jws, sign_jws, verify_jws

SERVICE = "EntrepotNode"
"""Type of the service entry by which a party's DID document names the node (did:key) where it lives."""
FRAGMENT = "node"
"""Fragment of the service entry that is written here."""
TYPE = "entrepot-residence+jws"
TEXT_MAX = 4000
"""Characters of a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """That ``party`` lives on ``node``, both did:key, since that moment by the party's own clock."""

    party: Did
    node: Did
    since: datetime


def state_residence(signer: Signer, residence: Residence) -> str:
    """The statement, signed by the party's key."""
    header = {"kid": key_method_id(signer.public), "typ": TYPE}
    return sign_jws(header, canonical(dump(residence)), signer)


def read_residence(text: str) -> Residence | None:
    """What a statement says, where the did:key that it is about has signed it; None for anything else."""
    jws = read_jws(text) if len(text) <= TEXT_MAX and text.isascii() else None
    if jws is None or jws.header.get("typ") != TYPE:
        return None
    value, _ = read_json(jws.payload, JsonLimits(bytes_max=TEXT_MAX, depth_max=4))
    stated, _ = parse(Residence, value)
    if stated is None:
        return None
    try:
        key = key_of_did_key(stated.party)
    except KeyFormError:
        return None
    return stated if verify_jws(jws, key) else None


def service_entry(did: str, node: str) -> dict[str, str]:
    """The service entry by which the document of ``did`` names ``node``."""
    return {"id": f"{did}#{FRAGMENT}", "type": SERVICE, "serviceEndpoint": node}


def names_node(document: Mapping[str, Any], node: str) -> bool:
    """Whether a DID document names ``node`` as the place where its party lives."""
    return any(
        isinstance(each, Mapping) and (each.get("type"), each.get("serviceEndpoint")) == (SERVICE, node)
        for each in _services(document)
    )


def with_node(document: Mapping[str, Any], node: str) -> dict[str, Any]:
    """``document``, which names ``node`` and no other node; all else stays."""
    others = [each for each in _services(document) if not (isinstance(each, Mapping) and each.get("type") == SERVICE)]
    return {**document, "service": [*others, service_entry(str(document["id"]), node)]}


def _services(document: Mapping[str, Any]) -> list[Any]:
    stated = document.get("service")
    return stated if isinstance(stated, list) else []
