"""DCSA TransportDocument (and the shipping instructions that precede it) to the payload."""

import json
from decimal import Decimal
from typing import Any

from entrepot.base.amount import exact_product
from entrepot.base.digest import sha256
from entrepot.base.finding import Finding
from entrepot.base.jsontext import read_json
from entrepot.base.shape import parse
from entrepot.document._dcsa.party import read_party
from entrepot.document._dcsa.view import TYPE, View, plain
from entrepot.document.reading import ReadResult
from entrepot.document.trade import Presented
from entrepot.document.transport.model import TransportDocument

SYNTAX = "dcsa-ebl-3.0"
MEDIA_TYPE = "application/json"
_TYPES = {"BOL": "bill_of_lading", "SWB": "waybill"}
_FREIGHT = {"PRE": "prepaid", "COL": "collect"}
# International pound and foot, exact by definition (1959); the standard allows them beside metric units.
_FACTORS = {"KGM": Decimal(1), "LBR": Decimal("0.45359237"), "MTQ": Decimal(1), "FTQ": Decimal("0.028316846592")}


def read_transport_document(data: bytes) -> ReadResult[TransportDocument]:
    """What the DCSA document in ``data`` says. Never raises for what the bytes hold."""
    value, findings = read_json(data)
    if findings or not isinstance(value, dict):
        wrong = findings or (TYPE.broken("$", value=repr(value)[:60], type="an object"),)
        return _result(data, {}, wrong, ())
    # Once more, because weights are wanted as they are written, not as binary fractions.
    view = View(json.loads(data.decode(), parse_float=Decimal), "$", set(), [])
    draft = _draft(view)
    return _result(data, draft, tuple(view.findings), view.losses())


def _result(
    data: bytes, draft: dict[str, Any], findings: tuple[Finding, ...], losses: tuple[str, ...]
) -> ReadResult[TransportDocument]:
    payload, wrong = parse(TransportDocument, draft) if draft else (None, ())
    return ReadResult(
        shape=TransportDocument,
        payload=payload,
        draft=draft,
        findings=(*findings, *wrong),
        losses=losses,
        presented=Presented(syntax=SYNTAX, digest=sha256(data), media_type=MEDIA_TYPE),
    )


def kept(**members: Any) -> dict[str, Any]:
    """The members that are there: neither None nor empty."""
    return {name: value for name, value in members.items() if value not in (None, [], {}, "")}


def _draft(view: View) -> dict[str, Any]:
    parties, terms = view.inner("documentParties"), _code(view, "freightPaymentTermCode", _FREIGHT)
    contact = next(iter(view.items("partyContactDetails")), None)
    carrier = read_party(parties.inner("issuingParty"))
    if carrier and contact is not None and carrier.get("email") in (None, contact.peek("email")):
        carrier |= kept(email=contact.text("email"))
    if view.peek("isElectronic") is True:
        view.flag("isElectronic")
    if view.peek("transportDocumentStatus") == "ISSUED":
        view.text("transportDocumentStatus")
    return kept(
        number=view.text("transportDocumentReference"),
        issueDate=view.text("issueDate"),
        type=_code(view, "transportDocumentTypeCode", _TYPES),
        title=_title(view, parties),
        mode="sea",
        carrier=carrier,
        carrierCode=_carrier_code(view),
        shipper=read_party(parties.inner("shipper")),
        consignee=read_party(parties.inner("consignee")),
        endorsee=read_party(parties.inner("endorsee")),
        notify=[read_party(each) for each in parties.items("notifyParties")],
        onBoard=view.flag("isShippedOnBoardType"),
        onBoardDate=view.text("shippedOnBoardDate"),
        receivedDate=view.text("receivedForShipmentDate"),
        equipment=[_equipment(each) for each in view.items("utilizedTransportEquipments")],
        items=[_item(each) for each in view.items("consignmentItems")],
        freight=terms,
        freightPayableAt=_place(view.inner("invoicePayableAt"), "freeText"),
        receiptType=view.text("receiptTypeAtOrigin"),
        deliveryType=view.text("deliveryTypeAtDestination"),
        movementAtOrigin=view.text("cargoMovementTypeAtOrigin"),
        movementAtDestination=view.text("cargoMovementTypeAtDestination"),
        contact=None if contact is None else contact.text("name"),
        terms=view.text("termsAndConditions"),
        **_route(view.inner("transports")),
    )


def _code(view: View, name: str, codes: dict[str, str]) -> str | None:
    """The word for a code; a code that is not known stays unread."""
    value = view.peek(name)
    return codes[view.text(name) or ""] if isinstance(value, str) and value in codes else None


def _title(view: View, parties: View) -> str | None:
    to_order = view.flag("isToOrder")
    if to_order is None:
        return None
    return ("order" if parties.peek("endorsee") else "blank") if to_order else "straight"


def _carrier_code(view: View) -> dict[str, Any]:
    return kept(provider=view.text("carrierCodeListProvider"), code=view.text("carrierCode"))


def _route(view: View) -> dict[str, Any]:
    voyage = next(iter(view.items("vesselVoyages")), None)
    return kept(
        loading=_place(view.inner("portOfLoading")),
        discharge=_place(view.inner("portOfDischarge")),
        receipt=_place(view.inner("placeOfReceipt")),
        delivery=_place(view.inner("placeOfDelivery")),
        departure=view.text("plannedDepartureDate"),
        arrival=view.text("plannedArrivalDate"),
        vessel=None if voyage is None else voyage.text("vesselName"),
        voyage=None if voyage is None else voyage.text("carrierExportVoyageNumber"),
    )


def _place(view: View, name: str = "locationName") -> dict[str, Any]:
    return kept(locode=view.text("UNLocationCode"), name=view.text(name))


def _equipment(view: View) -> dict[str, Any]:
    # A transport document nests what shipping instructions write flat.
    box = view.inner("equipment") if "equipment" in view.value else view
    seals = [kept(number=each.text("number"), source=each.text("source")) for each in view.items("seals")]
    return kept(
        id=box.text("equipmentReference"),
        isoCode=box.text("ISOEquipmentCode"),
        shipperOwned=view.flag("isShipperOwned"),
        tareKg=_measure(box.inner("tareWeight")),
        seals=seals,
        reefer=_reefer(view),
        marks=view.texts("shippingMarks"),
    )


def _reefer(view: View) -> dict[str, Any]:
    settings = view.inner("activeReeferSettings")
    found: dict[str, Any] = {}
    if settings.peek("temperatureUnit") == "CEL":
        settings.text("temperatureUnit")
        found |= kept(temperatureC=plain(settings.number("temperatureSetpoint")))
        if settings.peek("airExchangeUnit") == "MQH":
            settings.text("airExchangeUnit")
            found |= kept(ventilationM3h=plain(settings.number("airExchangeSetpoint")))
        if view.peek("isNonOperatingReefer") is False:
            view.flag("isNonOperatingReefer")
    return found


def _measure(view: View) -> str | None:
    unit = view.peek("unit")
    if not isinstance(unit, str) or unit not in _FACTORS:
        return None
    number = view.number("value")
    if number is None:
        return None
    view.text("unit")
    try:
        return plain(number if unit in ("KGM", "MTQ") else exact_product(number, _FACTORS[unit]))
    except ValueError:
        return plain(number)


def _item(view: View) -> dict[str, Any]:
    return kept(
        description="\n".join(view.texts("descriptionOfGoods")),
        hs=[{"code": each} for each in view.texts("HSCodes")],
        booking=view.text("carrierBookingReference"),
        marks=view.texts("shippingMarks"),
        loads=[_load(each) for each in view.items("cargoItems")],
    )


def _load(view: View) -> dict[str, Any]:
    packing = view.inner("outerPackaging")
    count = packing.number("numberOfPackages")
    whole = count is not None and 0 < count < 10**9 and count == int(count)
    return kept(
        equipment=view.text("equipmentReference"),
        grossWeightKg=_measure(view.inner("cargoGrossWeight")),
        netWeightKg=_measure(view.inner("cargoNetWeight")),
        volumeM3=_measure(view.inner("cargoGrossVolume")),
        packages=kept(
            count=int(count) if count is not None and whole else None,
            code=packing.text("packageCode"),
            description=packing.text("description"),
        ),
    )
