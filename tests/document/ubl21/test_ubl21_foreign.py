"""UBL files that others wrote, judged by the schemas of OASIS."""

import os
import re
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from entrepot.base.digest import sha256
from entrepot.document import invoice, order
from entrepot.document._ubl21 import (
    read_credit_note,
    read_invoice,
    read_order,
    write_credit_note,
    write_invoice,
    write_order,
)
from entrepot.document._ubl21.names import CAC, CBC, EXT, ORDER, TYPES

DATA = Path(os.environ.get("ENTREPOT_TEST_DATA") or ".", "invoice")
pytestmark = pytest.mark.skipif(not os.environ.get("ENTREPOT_TEST_DATA"), reason="ENTREPOT_TEST_DATA is not set")
SYNTAXES = {
    "Order": (read_order, write_order, order.check),
    "Invoice": (read_invoice, write_invoice, invoice.check),
    "CreditNote": (read_credit_note, write_credit_note, invoice.check_credit_note),
}
ANSWERS = {
    "Order": {"$.buyerType": "business", "$.subject": "goods", "$.orderedBy": "outside", "$.channel": "physical"},
    "Trivial": {
        "$.lines[0].quantity": {"value": "1", "unit": "C62"},
        "$.lines[0].price": {"amount": "100.00"},
        "$.totals.lines": "100.00",
    },
}


def files():
    if not DATA.is_dir():
        return []
    paths = [*(DATA / "oasis-ubl-2.1/xml").iterdir(), *(DATA / "en16931/examples-ubl").iterdir()]
    return sorted(path for path in paths if name_of(path) in SYNTAXES)


def name_of(path):
    return etree.QName(etree.parse(path).getroot()).localname


@cache
def schema(name):
    return etree.XMLSchema(etree.parse(DATA / f"oasis-ubl-2.1/xsdrt/maindoc/UBL-{name}-2.1.xsd"))


def read(path):
    """What the file gives, with the answers it needs."""
    name = name_of(path)
    result = SYNTAXES[name][0](path.read_bytes())
    return result.answered(ANSWERS.get("Trivial" if "Trivial" in path.name else name, {}))


each_file = pytest.mark.parametrize("path", files(), ids=lambda path: path.name)


def test_all_orders_and_invoices_are_there():
    names = [name_of(path) for path in files()]
    assert {name: names.count(name) for name in SYNTAXES} == {"Order": 2, "Invoice": 18, "CreditNote": 3}


@each_file
def test_a_foreign_file_is_read(path):
    result = read(path)
    assert result.payload is not None, [each.text for each in result.findings]
    assert {each.id for each in result.findings} <= {"ENT-CORE-UBL-04"}
    assert result.presented.digest == sha256(path.read_bytes())


@each_file
def test_what_we_write_of_it_is_valid_and_the_same(path):
    reader, writer, _ = SYNTAXES[name_of(path)]
    payload = read(path).as_presented()
    written = writer(payload)
    assert not written.findings
    assert schema(name_of(path)).validate(etree.fromstring(written.body)), schema(name_of(path)).error_log
    again = reader(written.body)
    assert again.payload == payload
    assert again.losses == ()


@each_file
def test_every_text_is_carried_or_reported_as_lost(path):
    """Changing a text that is not reported as lost must change what is read: nothing is silently ignored."""
    reader = SYNTAXES[name_of(path)][0]
    data = path.read_bytes()
    before, root = reader(data), etree.fromstring(data)
    lost = {element for loss in before.losses if "@" not in loss for element in find(root, loss)}
    assert len(lost) == len([loss for loss in before.losses if "@" not in loss])
    carried = [each for each in root.iter(etree.Element) if len(each) == 0 and each not in lost]
    # One element per kind of place: the lines of a long invoice are read alike.
    for element in {re.sub(r"\[\d+\]", "", root.getroottree().getpath(each)): each for each in carried}.values():
        text, element.text = element.text, "7777"
        after = reader(etree.tostring(root))
        element.text = text
        told = (after.draft, after.findings, after.losses)
        assert told != (before.draft, before.findings, before.losses), etree.ElementTree(root).getpath(element)


def find(root, path):
    own = etree.QName(root).namespace
    path = path.replace(f"/{etree.QName(root).localname}", "/own:" + etree.QName(root).localname, 1)
    return root.xpath(path, namespaces={"own": own, "cac": CAC, "cbc": CBC, "ext": EXT})


def test_an_order_names_what_a_sale_needs_and_it_lacks():
    result = read_order((DATA / "oasis-ubl-2.1/xml/UBL-Order-2.0-Example.xml").read_bytes())
    assert result.payload is None
    missing = {each.path for each in result.findings if each.id == "ENT-CORE-SHAPE-01"}
    assert missing == set(ANSWERS["Order"])
    payload = result.answered(ANSWERS["Order"]).as_presented("mail")
    found = {(each.id, each.path, str(each.severity)) for each in order.check(payload, economies={"MY"})}
    assert ("ENT-CORE-TRADE-22", "$.seller.did", "blocking") in found
    assert ("ENT-CORE-TRADE-25", "$.seller.economy", "warning") in found
    assert ("ENT-CORE-TRADE-02", "$.lines[0].amount", "warning") in found


def test_known_losses_of_a_foreign_order_are_named():
    losses = read_order((DATA / "oasis-ubl-2.1/xml/UBL-Order-2.1-Example.xml").read_bytes()).losses
    for path in (
        "/Order/cbc:CustomizationID",
        "/Order/cac:AdditionalDocumentReference[2]/cac:Attachment/cbc:EmbeddedDocumentBinaryObject",
        "/Order/cac:BuyerCustomerParty/cac:Party/cac:PostalAddress/cbc:Postbox",
        "/Order/cac:OrderLine[1]/cac:LineItem/cbc:TotalTaxAmount",
        "/Order/cac:SellerSupplierParty/cac:Party/cbc:EndpointID/@schemeAgencyID",
    ):
        assert path in losses


def test_our_order_of_elements_is_that_of_the_standard():
    sequences = {}
    for path in (DATA / "oasis-ubl-2.1/xsdrt").glob("*/UBL-*.xsd"):
        for each in etree.parse(path).iter("{*}complexType"):
            names = [child.get("ref").rpartition(":")[2] for child in each.iter("{*}element") if child.get("ref")]
            sequences[(each.get("name") or "").removesuffix("Type")] = names
    others = {
        "BuyerCustomerParty": "CustomerParty",
        "SellerSupplierParty": "SupplierParty",
        "AccountingSupplierParty": "SupplierParty",
        "AccountingCustomerParty": "CustomerParty",
        "DiscrepancyResponse": "Response",
    }
    for name, children in ORDER.items():
        sequence = sequences[others.get(name, name)]
        assert list(children) == [each for each in sequence if each in children], name
    assert set(TYPES.values()) <= set(ORDER)


@pytest.mark.parametrize("name", ["order", "invoice"])
def test_our_own_samples_are_valid(name):
    path = Path(__file__).parents[3] / "examples" / "durian" / f"{name}.xml"
    assert schema(name.capitalize()).validate(etree.parse(path))


def test_a_foreign_order_broken_at_any_place_gives_findings_or_a_draft():
    data = (DATA / "oasis-ubl-2.1/xml/UBL-Order-2.1-Example.xml").read_bytes()
    for place in range(0, len(data), 199):
        read_order(data[:place] + b"<" + data[place + 1 :])
        read_order(data[:place] + b"0" + data[place + 1 :])
        read_order(data[:place] + data[place + 7 :])
