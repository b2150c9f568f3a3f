"""Parties and addresses of DCSA.

An identifier's scheme is ``PROVIDER:LIST`` (``GLEIF:LEI``) or ``PROVIDER``; a DID is provider ``W3C``, list ``DID``.
"""

from typing import Any

from entrepot.document._dcsa.view import View
from entrepot.party.party import Address, Party

NAME_MAX = 35
"""Characters of a contact's name; the party's own name, cut, stands where only an address for mail is known."""


def read_party(view: View) -> dict[str, Any]:
    """The draft of a party; empty where there is none."""
    name = view.text("partyName")
    did, identifiers = _read_codes(view)
    address = _read_address(view.inner("address"))
    found = {
        "name": name,
        "economy": address.get("economy"),
        "did": did,
        "identifiers": identifiers,
        "address": address,
        "email": _read_email(view, name),
    }
    return {key: value for key, value in found.items() if value not in (None, [], {})}


def _read_codes(view: View) -> tuple[str | None, list[dict[str, str]]]:
    did, others = None, []
    for each in view.items("identifyingCodes"):
        if not each.peek("codeListProvider") or not each.peek("partyCode"):
            continue
        provider, name, code = each.text("codeListProvider"), each.text("codeListName"), each.text("partyCode")
        if (provider, name) == ("W3C", "DID") and did is None:
            did = code
        elif provider and code:
            others.append({"scheme": f"{provider}:{name}" if name else provider, "value": code})
    return did, others


def _read_email(view: View, name: str | None) -> str | None:
    contact = next(iter(view.items("partyContactDetails")), None)
    if contact is None:
        return None
    if contact.peek("name") == contact_name(name or ""):
        contact.text("name")
    return contact.text("email")


def _read_address(view: View) -> dict[str, Any]:
    street = view.text("street")
    found = {
        "lines": [street] if street else [],
        "city": view.text("city"),
        "region": view.text("stateRegion"),
        "postalCode": view.text("postCode"),
        "economy": view.text("countryCode"),
    }
    return {key: value for key, value in found.items() if value not in (None, [])}


def contact_name(name: str) -> str:
    """A name as contact: at most 35 characters, no space at the ends."""
    return name[:NAME_MAX].strip()


def write_party(party: Party | None, path: str, losses: list[str]) -> dict[str, Any] | None:
    """The party in DCSA's form; ``losses`` takes the paths of what it cannot say."""
    if party is None:
        return None
    codes = [_code("W3C:DID", party.did)] if party.did else []
    codes += [_code(each.scheme, each.value) for each in party.identifiers]
    contact = [{"name": contact_name(party.name), "email": party.email}] if party.email else []
    address = _write_address(party, path, losses)
    found = {
        "partyName": party.name,
        "address": address,
        "identifyingCodes": codes,
        "partyContactDetails": contact,
    }
    return {key: value for key, value in found.items() if value}


def _code(scheme: str, value: str) -> dict[str, str]:
    provider, _, name = scheme.partition(":")
    return {"codeListProvider": provider, "partyCode": value} | ({"codeListName": name} if name else {})


def _write_address(party: Party, path: str, losses: list[str]) -> dict[str, Any] | None:
    address = party.address or Address()
    economy = address.economy or party.economy
    if not address.lines or address.city is None or economy is None:
        # Street, city and country go together or not at all.
        losses += [f"{path}.address"] if party.address else []
        losses += [f"{path}.economy"] if party.economy else []
        return None
    losses += [f"{path}.address.lines[{index}]" for index in range(1, len(address.lines))]
    if party.economy not in (None, economy):
        losses.append(f"{path}.economy")
    found = {
        "street": address.lines[0],
        "city": address.city,
        "stateRegion": address.region,
        "postCode": address.postal_code,
        "countryCode": economy,
    }
    return {key: value for key, value in found.items() if value is not None}
