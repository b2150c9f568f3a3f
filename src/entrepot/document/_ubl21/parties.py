"""cac:Party and cac:Address.

Identifiers keep their kind in the scheme: ``endpoint:0088`` (EndpointID), ``tax:VAT`` (PartyTaxScheme), ``legal`` or
``legal:SCHEME`` (PartyLegalEntity); any other scheme is a PartyIdentification, ``unstated`` one without scheme. They
come back in the order of the standard: endpoint, identifications, tax, legal. A DID is a PartyIdentification whose
scheme is ``DID``.
"""

from typing import Any

from entrepot.document._ubl21.build import Maybe, Node, leaf, node
from entrepot.document._ubl21.source import kept
from entrepot.document._xml import Cursor
from entrepot.party.party import Address, Identifier, Party

_COUNTRY = "cac:Country/cbc:IdentificationCode"
_UNSTATED = "unstated"


def read_party(place: Cursor | None) -> dict[str, Any]:
    """The draft of a Party."""
    if place is None:
        return {}
    legal, postal = place.one("cac:PartyLegalEntity"), place.one("cac:PostalAddress")
    registered = legal.text(f"cac:RegistrationAddress/{_COUNTRY}") if legal is not None else None
    address = read_address(postal)
    did, identifications = _identifications(place)
    return kept(
        name=_name(place),
        economy=registered or address.get("economy"),
        did=did,
        identifiers=[*_endpoint(place), *identifications, *_tax_numbers(place), *_legal_numbers(place)],
        address=address,
        email=place.text("cac:Contact/cbc:ElectronicMail"),
    )


def _name(place: Cursor) -> str | None:
    """The trading name, else the registered one; a registered name that differs stays unread, so it is reported."""
    name = place.text("cac:PartyName/cbc:Name")
    for path in ("cac:PartyLegalEntity", "cac:PartyTaxScheme"):
        for each in place.all(path):
            registered = each.peek("cbc:RegistrationName")
            if registered is not None and name in (None, registered):
                name = each.text("cbc:RegistrationName")
    return name


def _endpoint(place: Cursor) -> list[dict[str, str]]:
    found = place.one("cbc:EndpointID")
    return [] if found is None else _identifier(found, "endpoint")


def _identifications(place: Cursor) -> tuple[str | None, list[dict[str, str]]]:
    did, others = None, []
    for each in place.all("cac:PartyIdentification/cbc:ID"):
        if each.element.get("schemeID") == "DID" and did is None:
            each.attribute("schemeID")
            did = each.text()
        else:
            others += [found | {"scheme": found["scheme"] or _UNSTATED} for found in _identifier(each, "")]
    return did, others


def _tax_numbers(place: Cursor) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for each in place.all("cac:PartyTaxScheme"):
        value = each.text("cbc:CompanyID")
        if value is None:
            continue
        if each.peek("cac:TaxScheme") is None:
            # An empty TaxScheme says nothing; reading it keeps it from being reported as lost.
            each.text("cac:TaxScheme")
        scheme = each.text("cac:TaxScheme/cbc:ID") or each.text("cac:TaxScheme/cbc:TaxTypeCode")
        found.append({"scheme": f"tax:{scheme}" if scheme else "tax", "value": value})
    return found


def _legal_numbers(place: Cursor) -> list[dict[str, str]]:
    return [each for found in place.all("cac:PartyLegalEntity/cbc:CompanyID") for each in _identifier(found, "legal")]


def _identifier(found: Cursor, kind: str) -> list[dict[str, str]]:
    value = found.text()
    if value is None:
        return []
    scheme = found.attribute("schemeID")
    return [{"scheme": f"{kind}:{scheme}".removeprefix(":") if scheme else kind, "value": value}]


def read_address(place: Cursor | None) -> dict[str, Any]:
    """The draft of an Address: street, additional street and address lines are its lines."""
    if place is None:
        return {}
    lines = [place.text("cbc:StreetName"), place.text("cbc:AdditionalStreetName")]
    lines += [each.text() for each in place.all("cac:AddressLine/cbc:Line")]
    return kept(
        lines=[each for each in lines if each],
        city=place.text("cbc:CityName"),
        region=place.text("cbc:CountrySubentity"),
        postalCode=place.text("cbc:PostalZone"),
        economy=place.text(_COUNTRY),
    )


def write_party(name: str, party: Party) -> Maybe:
    """``party`` as element ``name`` (a CustomerParty or SupplierParty)."""
    return node(name, node("cac:Party", _identified(party), *_described(party)))


def _identified(party: Party) -> list[Node]:
    found = [node("cac:PartyIdentification", leaf("cbc:ID", party.did, schemeID="DID"))] if party.did else []
    legal = [each for each in party.identifiers if _kind(each) == "legal"]
    for each in party.identifiers:
        kind, _, scheme = each.scheme.partition(":")
        if kind == "endpoint":
            found.append(leaf("cbc:EndpointID", each.value, schemeID=scheme or None))
        elif kind == "tax":
            category = node("cac:TaxScheme", leaf("cbc:ID", scheme or None)) or Node("cac:TaxScheme")
            found.append(node("cac:PartyTaxScheme", leaf("cbc:CompanyID", each.value), category))
        elif kind != "legal":
            shown = None if each.scheme == _UNSTATED else each.scheme
            found.append(node("cac:PartyIdentification", leaf("cbc:ID", each.value, schemeID=shown)))
    found.append(_legal(party, legal[0] if legal else None))
    found += [node("cac:PartyLegalEntity", _company(each)) for each in legal[1:]]
    return [each for each in found if each is not None]


def _legal(party: Party, number: Identifier | None) -> Maybe:
    economy = node("cac:RegistrationAddress", node("cac:Country", leaf("cbc:IdentificationCode", party.economy)))
    return node("cac:PartyLegalEntity", leaf("cbc:RegistrationName", party.name), _company(number), economy)


def _company(number: Identifier | None) -> Maybe:
    return None if number is None else leaf("cbc:CompanyID", number.value, schemeID=number.scheme[6:] or None)


def _kind(identifier: Identifier) -> str:
    return identifier.scheme.partition(":")[0]


def _described(party: Party) -> list[Maybe]:
    return [
        node("cac:PartyName", leaf("cbc:Name", party.name)),
        write_address("cac:PostalAddress", party.address),
        node("cac:Contact", leaf("cbc:ElectronicMail", party.email)),
    ]


def write_address(name: str, address: Address | None) -> Maybe:
    """``address`` as element ``name``; None where there is none."""
    if address is None:
        return None
    street, additional, *others = (*address.lines, None, None)
    return node(
        name,
        leaf("cbc:StreetName", street),
        leaf("cbc:AdditionalStreetName", additional),
        leaf("cbc:CityName", address.city),
        leaf("cbc:PostalZone", address.postal_code),
        leaf("cbc:CountrySubentity", address.region),
        [node("cac:AddressLine", leaf("cbc:Line", each)) for each in others],
        node("cac:Country", leaf("cbc:IdentificationCode", address.economy)),
    )
