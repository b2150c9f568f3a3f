"""Order lines, invoice lines and credit note lines."""

import re
from typing import Any

from entrepot.document._ubl21.build import Maybe, leaf, node
from entrepot.document._ubl21.source import Source, kept
from entrepot.document._ubl21.sums import read_adjustments, read_category, write_adjustments, write_category
from entrepot.document._xml import Cursor
from entrepot.document.trade import HsCode, HsVintage, ItemId, Line

_ECONOMY = re.compile("[A-Z]{2}")
_VINTAGES = frozenset(str(each) for each in HsVintage)
_IDS = {"buyer": "BuyersItemIdentification", "seller": "SellersItemIdentification"}
_STANDARD, _ADDITIONAL = "StandardItemIdentification", "AdditionalItemIdentification"


def read_line(source: Source, place: Cursor, quantity: str) -> dict[str, Any]:
    """The draft of a line; ``quantity``: the element that holds it."""
    item = place.one("cac:Item")
    amount = source.quantity(place, f"cbc:{quantity}")
    return kept(
        id=place.text("cbc:ID"),
        quantity=amount,
        price=_read_price(source, place.one("cac:Price"), amount),
        amount=source.amount(place, "cbc:LineExtensionAmount"),
        adjustments=read_adjustments(source, place),
        orderLine=place.text("cac:OrderLineReference/cbc:LineID"),
        note=place.text("cbc:Note"),
        **({} if item is None else _read_item(source, item)),
    )


def _read_price(source: Source, place: Cursor | None, quantity: dict[str, Any] | None) -> dict[str, Any]:
    if place is None:
        return {}
    per = source.quantity(place, "cbc:BaseQuantity")
    if per is not None and quantity is not None:
        per.setdefault("unit", quantity.get("unit"))
    return kept(amount=source.amount(place, "cbc:PriceAmount"), per=per)


def _read_item(source: Source, item: Cursor) -> dict[str, Any]:
    # UBL wants neither name nor description; a line needs something to be called by.
    name = item.text("cbc:Name") or item.text("cbc:Description")
    return kept(
        name=name,
        description=item.text("cbc:Description") if item.peek("cbc:Name") else None,
        subject=_read_subject(item),
        hs=_read_hs(item),
        origin=item.text("cac:OriginCountry/cbc:IdentificationCode"),
        itemIds=_read_ids(item),
        tax=read_category(source, item.one("cac:ClassifiedTaxCategory")),
    )


def _read_subject(item: Cursor) -> str | None:
    nature = item.peek("cac:CommodityClassification/cbc:NatureCode")
    return item.text("cac:CommodityClassification/cbc:NatureCode") if nature in ("goods", "service") else None


def _read_hs(item: Cursor) -> dict[str, Any] | None:
    for each in item.all("cac:CommodityClassification/cbc:ItemClassificationCode"):
        if each.element.get("listID") != "HS":
            continue
        each.attribute("listID")
        edition, economy = each.element.get("listVersionID"), each.element.get("listName")
        return kept(
            code=each.text(),
            vintage=each.attribute("listVersionID") if edition in _VINTAGES else None,
            economy=each.attribute("listName") if economy and _ECONOMY.fullmatch(economy) else None,
        )
    return None


def _read_ids(item: Cursor) -> list[dict[str, str]]:
    found = []
    for scheme, name in (*_IDS.items(), (None, _STANDARD), (None, _ADDITIONAL)):
        for each in item.all(f"cac:{name}/cbc:ID"):
            value = each.text()
            if value is not None:
                found.append({"scheme": scheme or each.attribute("schemeID") or "standard", "value": value})
    return found


def write_line(name: str, line: Line, quantity: str, currency: str) -> Maybe:
    """``line`` as element ``name``, its quantity as element ``quantity``."""
    return node(
        name,
        leaf("cbc:ID", line.id),
        leaf("cbc:Note", line.note),
        leaf(f"cbc:{quantity}", line.quantity.value, unitCode=line.quantity.unit),
        leaf("cbc:LineExtensionAmount", line.amount, currencyID=currency),
        node("cac:OrderLineReference", leaf("cbc:LineID", line.order_line)),
        write_adjustments(line.adjustments, currency),
        _write_price(line, currency),
        _write_item(line),
    )


def _write_price(line: Line, currency: str) -> Maybe:
    per = line.price.per
    return node(
        "cac:Price",
        leaf("cbc:PriceAmount", line.price.amount, currencyID=currency),
        None if per is None else leaf("cbc:BaseQuantity", per.value, unitCode=per.unit),
    )


def _write_item(line: Line) -> Maybe:
    economy = node("cac:OriginCountry", leaf("cbc:IdentificationCode", line.origin))
    return node(
        "cac:Item",
        leaf("cbc:Description", line.description),
        leaf("cbc:Name", line.name),
        _write_ids(line.item_ids),
        economy,
        node(
            "cac:CommodityClassification",
            leaf("cbc:NatureCode", None if line.subject is None else str(line.subject)),
            _write_hs(line.hs),
        ),
        write_category("cac:ClassifiedTaxCategory", line.tax),
    )


def _write_hs(hs: HsCode | None) -> Maybe:
    if hs is None:
        return None
    edition = None if hs.vintage is None else str(hs.vintage)
    return leaf("cbc:ItemClassificationCode", hs.code, listID="HS", listName=hs.economy, listVersionID=edition)


def _write_ids(ids: tuple[ItemId, ...]) -> list[Maybe]:
    found, taken = [], set()
    for each in ids:
        name = _IDS.get(each.scheme, _STANDARD)
        if name in taken:
            name = _ADDITIONAL
        taken.add(name)
        scheme = None if name in _IDS.values() or each.scheme == "standard" else each.scheme
        found.append(node(f"cac:{name}", leaf("cbc:ID", each.value, schemeID=scheme)))
    return found
