"""The payload as a DCSA TransportDocument."""

import json
import re
import textwrap
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from entrepot.base.amount import EXACT, format_decimal
from entrepot.base.finding import Finding, Severity
from entrepot.document._dcsa.party import write_party
from entrepot.document.demand import Demand
from entrepot.document.reading import WriteResult
from entrepot.document.trade import Packages, Place
from entrepot.document.transport.model import CargoItem, Equipment, Load, Mode, Title, TransportDocument, TransportType

_SOURCE = "DCSA eBL 3.0 TransportDocument"
_LINE_MAX = 35
_DIGITS_MAX = 15
"""Significant digits that every reader of JSON numbers keeps (IEEE 754 binary64)."""
MODE = Demand("ENT-CORE-DCSA-02", "DCSA's form is for sea transport, not {mode}.", "Use another form.", _SOURCE)
MISSING = Demand("ENT-CORE-DCSA-03", "{name} is missing; DCSA's form needs it.", "State it.", _SOURCE)
TOO_LONG = Demand(
    "ENT-CORE-DCSA-04",
    "{name} does not fit: one line, at most {most} characters, no space at the ends.",
    "Shorten it.",
    _SOURCE,
)
DIGITS = Demand(
    "ENT-CORE-DCSA-05",
    "{number} has more digits than a number in JSON holds everywhere.",
    "Round it.",
    "RFC 8259 section 6",
    Severity.BLOCKING,
)
_MOST = {
    "partyName": 70, "street": 70, "city": 35, "postCode": 10, "stateRegion": 65, "locationName": 100, "freeText": 35,
    "name": 35, "email": 100, "codeListProvider": 100, "codeListName": 100, "partyCode": 150, "shippingMarks": 35,
    "equipmentReference": 11, "carrierBookingReference": 35, "vesselName": 50, "carrierExportVoyageNumber": 50,
}  # fmt: skip
"""Lengths of the texts of DCSA's schema that are narrower than ours."""
_TRIMMED = re.compile(r"\S(?:.*\S)?")
_FREE = re.compile(r".*", re.DOTALL)
_FORMS = {"termsAndConditions": _FREE, "email": re.compile(r".+@\S+")}
_NEEDED = {
    "termsAndConditions": "terms",
    "receiptTypeAtOrigin": "receiptType",
    "deliveryTypeAtDestination": "deliveryType",
    "cargoMovementTypeAtOrigin": "movementAtOrigin",
    "cargoMovementTypeAtDestination": "movementAtDestination",
    "carrierCode": "carrierCode",
    "invoicePayableAt": "freightPayableAt",
    "partyContactDetails": "contact",
    "utilizedTransportEquipments": "equipment",
}

_LOST = {
    "governingLaw": "governing_law",
    "freightPayer": "freight_payer",
    "contract": "contract",
    "order": "order",
    "presented": "presented",
}
"""Members that DCSA's form has no place for, or none that says the same -> their attributes."""


def write_transport_document(document: TransportDocument) -> WriteResult:
    """``document`` as DCSA JSON; ``losses`` name what it does not carry, findings what it needs and lacks."""
    if document.mode is not Mode.SEA:
        return WriteResult(body=None, findings=(MODE.broken("$.mode", mode=document.mode),))
    losses = [f"$.{name}" for name in _LOST if _has(document, name)]
    losses += [f"$.equipment[{index}].full" for index, each in enumerate(document.equipment) if each.full is not None]
    value = _compact(_value(document, losses))
    findings = (*_missing(document, value), *_unfit(value, "$"))
    if findings:
        return WriteResult(body=None, findings=findings, losses=tuple(losses))
    return WriteResult(body=_encode(value).encode() + b"\n", losses=tuple(losses))


def _encode(value: Any, indent: str = "") -> str:
    """JSON text; numbers are written digit by digit, which the standard library does for binary ones only."""
    inner = indent + "  "
    if isinstance(value, dict):
        rows = [f"{inner}{json.dumps(name)}: {_encode(each, inner)}" for name, each in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + _encode(each, inner) for each in value) + f"\n{indent}]"
    return format_decimal(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _has(document: TransportDocument, name: str) -> bool:
    return getattr(document, _LOST[name]) is not None


def _value(document: TransportDocument, losses: list[str]) -> dict[str, Any]:
    carrier, contact = document.carrier, document.contact
    code = document.carrier_code
    return {
        "transportDocumentReference": document.number,
        "transportDocumentStatus": "ISSUED",
        "transportDocumentTypeCode": "BOL" if document.type is TransportType.BILL_OF_LADING else "SWB",
        "isShippedOnBoardType": document.on_board,
        "freightPaymentTermCode": {"prepaid": "PRE", "collect": "COL"}.get(document.freight or ""),
        "isElectronic": True,
        "isToOrder": document.title is not Title.STRAIGHT,
        "shippedOnBoardDate": document.on_board_date,
        "receivedForShipmentDate": document.received_date,
        "issueDate": document.issue_date,
        "termsAndConditions": document.terms,
        "receiptTypeAtOrigin": document.receipt_type,
        "deliveryTypeAtDestination": document.delivery_type,
        "cargoMovementTypeAtOrigin": document.movement_at_origin,
        "cargoMovementTypeAtDestination": document.movement_at_destination,
        "carrierCode": None if code is None else code.code,
        "carrierCodeListProvider": None if code is None else code.provider,
        "invoicePayableAt": _payable_at(document.freight_payable_at, losses),
        "partyContactDetails": [{"name": contact, "email": carrier.email}] if contact and carrier.email else None,
        "documentParties": _parties(document, losses),
        "transports": _transports(document),
        "consignmentItems": [_item(each, f"$.items[{index}]", losses) for index, each in enumerate(document.items)],
        "utilizedTransportEquipments": [_equipment(each) for each in document.equipment],
    }


def _parties(document: TransportDocument, losses: list[str]) -> dict[str, Any]:
    return {
        "shipper": write_party(document.shipper, "$.shipper", losses),
        "consignee": write_party(document.consignee, "$.consignee", losses),
        "endorsee": write_party(document.endorsee, "$.endorsee", losses),
        "issuingParty": write_party(document.carrier, "$.carrier", losses),
        "notifyParties": [
            write_party(each, f"$.notify[{index}]", losses) for index, each in enumerate(document.notify)
        ],
    }


def _transports(document: TransportDocument) -> dict[str, Any]:
    voyage = {"vesselName": document.vessel, "carrierExportVoyageNumber": document.voyage}
    return {
        "plannedArrivalDate": document.arrival,
        "plannedDepartureDate": document.departure,
        "placeOfReceipt": _place(document.receipt),
        "portOfLoading": _place(document.loading),
        "portOfDischarge": _place(document.discharge),
        "placeOfDelivery": _place(document.delivery),
        "vesselVoyages": [voyage] if document.vessel or document.voyage else None,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return None if place is None else {"UNLocationCode": place.locode, "locationName": place.name}


def _payable_at(place: Place | None, losses: list[str]) -> dict[str, Any] | None:
    if place is None:
        return None
    if place.locode is not None:
        losses += ["$.freightPayableAt.name"] if place.name else []
        return {"UNLocationCode": place.locode}
    return {"freeText": place.name}


def _equipment(each: Equipment) -> dict[str, Any]:
    reefer = each.reefer
    settings = None if reefer is None else {
        "temperatureSetpoint": reefer.temperature_c,
        "temperatureUnit": "CEL",
        "airExchangeSetpoint": reefer.ventilation_m3h,
        "airExchangeUnit": None if reefer.ventilation_m3h is None else "MQH",
    }  # fmt: skip
    return {
        "equipment": {
            "equipmentReference": each.id,
            "ISOEquipmentCode": each.iso_code,
            "tareWeight": _measure(each.tare_kg, "KGM"),
        },
        "isShipperOwned": each.shipper_owned,
        "isNonOperatingReefer": None if reefer is None else False,
        "activeReeferSettings": settings,
        "shippingMarks": list(each.marks),
        "seals": [{"number": seal.number, "source": seal.source} for seal in each.seals],
    }


def _item(item: CargoItem, path: str, losses: list[str]) -> dict[str, Any]:
    lines = [part for line in item.description.split("\n") for part in textwrap.wrap(line, _LINE_MAX)]
    if "\n".join(lines) != item.description:
        # The words stay; where the lines break does not.
        losses.append(f"{path}.description")
    for index, code in enumerate(item.hs):
        losses += [f"{path}.hs[{index}].vintage"] if code.vintage else []
        losses += [f"{path}.hs[{index}].economy"] if code.economy else []
    return {
        "carrierBookingReference": item.booking,
        "descriptionOfGoods": lines,
        "HSCodes": [code.code for code in item.hs],
        "shippingMarks": list(item.marks),
        "cargoItems": [_load(each, f"{path}.loads[{index}]", losses) for index, each in enumerate(item.loads)],
    }


def _load(load: Load, path: str, losses: list[str]) -> dict[str, Any]:
    packages: Packages = load.packages
    losses += [f"{path}.packages.marks"] if packages.marks else []
    return {
        "equipmentReference": load.equipment,
        "cargoGrossWeight": _measure(load.gross_weight_kg, "KGM"),
        "cargoNetWeight": _measure(load.net_weight_kg, "KGM"),
        "cargoGrossVolume": _measure(load.volume_m3, "MTQ"),
        "outerPackaging": {
            "packageCode": packages.code,
            "numberOfPackages": packages.count,
            "description": packages.description,
        },
    }


def _measure(number: Decimal | None, unit: str) -> dict[str, Any] | None:
    return None if number is None else {"value": number, "unit": unit}


def _compact(value: Any) -> Any:
    """Without what is None or empty; dates as text; numbers without zeros that say nothing."""
    if isinstance(value, dict):
        return {name: inner for name, each in value.items() if (inner := _compact(each)) not in (None, [], {})}
    if isinstance(value, list):
        return [_compact(each) for each in value if each is not None]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return value.normalize(EXACT)
    return value


def _missing(document: TransportDocument, value: dict[str, Any]) -> Iterator[Finding]:
    for name, ours in _NEEDED.items():
        if name not in value:
            yield MISSING.broken(f"$.{ours}", name=name)
    if document.contact and not document.carrier.email:
        yield MISSING.broken("$.carrier.email", name="partyContactDetails.email")
    for ours, theirs in (("departure", "plannedDepartureDate"), ("arrival", "plannedArrivalDate"), ("vessel", "")):
        if (theirs or "vesselVoyages") not in value["transports"]:
            yield MISSING.broken(f"$.{ours}", name=theirs or "vesselVoyages")
    parties = value["documentParties"]
    if "address" not in parties["issuingParty"]:
        yield MISSING.broken("$.carrier.address", name="issuingParty.address")
    for role in ("consignee", "endorsee"):
        if role in parties and "identifyingCodes" not in parties[role]:
            yield MISSING.broken(f"$.{role}.identifiers", name=f"{role}.identifyingCodes")
    for voyage in value["transports"].get("vesselVoyages", []):
        if len(voyage) < 2:
            yield MISSING.broken("$.voyage", name="vesselVoyages")
    yield from _missing_cargo(document)


def _missing_cargo(document: TransportDocument) -> Iterator[Finding]:
    for index, item in enumerate(document.items):
        path = f"$.items[{index}]"
        if not item.description.strip():
            yield MISSING.broken(f"{path}.description", name="descriptionOfGoods")
        if item.booking is None:
            yield MISSING.broken(f"{path}.booking", name="carrierBookingReference")
        if not item.hs or any(not 6 <= len(code.code) <= 10 for code in item.hs):
            yield MISSING.broken(f"{path}.hs", name="HSCodes of 6 to 10 digits")
        for place, load in enumerate(item.loads):
            if load.equipment is None:
                yield MISSING.broken(f"{path}.loads[{place}].equipment", name="equipmentReference")
            if load.packages.description is None:
                yield MISSING.broken(f"{path}.loads[{place}].packages.description", name="outerPackaging.description")
    for index, each in enumerate(document.equipment):
        if not each.seals:
            yield MISSING.broken(f"$.equipment[{index}].seals", name="seals")


def _unfit(value: Any, path: str, name: str = "") -> Iterator[Finding]:
    """Texts and numbers of the written JSON that the schema does not take; ``path`` is DCSA's."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _unfit(each, f"{path}.{key}", key)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _unfit(each, f"{path}[{index}]", name)
    elif name == "value" and value == 0:
        yield MISSING.broken(path, name="a measure above zero")
    elif isinstance(value, Decimal) and len(value.as_tuple().digits) > _DIGITS_MAX:
        yield DIGITS.broken(path, number=value)
    elif isinstance(value, str):
        most = _MOST.get(name, 50_000)
        if len(value) > most or _FORMS.get(name, _TRIMMED).fullmatch(value) is None:
            yield TOO_LONG.broken(path, name=name, most=most)
