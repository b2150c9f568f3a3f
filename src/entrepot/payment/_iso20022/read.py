"""Reading pacs.008 into a payment instruction, with a report of everything that found no place in it."""

from dataclasses import dataclass
from typing import Any

from lxml import etree

from entrepot.base.digest import from_ni_uri, sha256
from entrepot.base.finding import Finding
from entrepot.base.shape import dump, parse
from entrepot.document._xml import XmlLimits, read_xml
from entrepot.payment._iso20022.version import DID_SCHEME, LEI_SCHEME, METHOD, NAMESPACE, VERSIONS
from entrepot.payment._iso20022.xml import Source, decimal_of
from entrepot.payment.finding import finding
from entrepot.payment.instruction import PaymentInstruction

LIMITS = XmlLimits(bytes_max=1 << 20, depth_max=64, elements_max=50_000)
"""Bounds on one message."""


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message that was read: the instruction (with the digest of the bytes), and notes on what it cannot hold."""

    instruction: PaymentInstruction
    version: str
    losses: tuple[Finding, ...]


def read(data: bytes) -> tuple[ReadMessage | None, tuple[Finding, ...]]:
    """The single transfer that ``data`` orders, or None and all findings that keep it from being read.

    ``data`` is the ``Document`` alone, or an envelope that holds one (its header is reported as not read). What the
    schema allows but the instruction has no member for becomes a note in ``losses``, by XPath.
    """
    document, findings = _document(data)
    if document is None:
        return None, findings
    version = etree.QName(document).namespace.removeprefix(NAMESPACE)
    source = Source(document.getroottree().getroot(), version)
    value = _instruction(source, document)
    if source.findings or value is None:
        return None, tuple(source.findings)
    value["message"] = {"syntax": version, "digest": sha256(data), "mediaType": "application/xml"}
    instruction, wrong = parse(PaymentInstruction, _without_none(value))
    if instruction is None:
        return None, wrong
    return ReadMessage(instruction, version, _losses(source)), ()


def _document(data: bytes) -> tuple[etree._Element | None, tuple[Finding, ...]]:
    root, findings = read_xml(data, LIMITS)
    if root is None:
        return None, findings
    for element in root.iter(etree.Element):
        name = etree.QName(element)
        if name.localname == "Document":
            known = (name.namespace or "").removeprefix(NAMESPACE) in VERSIONS
            return (element, ()) if known else (None, (_unknown(name.namespace or ""),))
    return None, (_unknown(""),)


def _unknown(namespace: str) -> Finding:
    return finding(
        "PACS008",
        20,
        "{namespace} is not a version of pacs.008 that is read here.",
        source="ISO 20022, namespace of the Document",
        remedy="Read are: {versions}.",
        namespace=namespace or "no namespace",
        versions=", ".join(VERSIONS),
    )


def _instruction(source: Source, document: etree._Element) -> dict[str, Any] | None:
    header = source.one(document, "FIToFICstmrCdtTrf/GrpHdr")
    transfers = source.all(document, "FIToFICstmrCdtTrf/CdtTrfTxInf")
    if header is None or len(transfers) != 1:
        message = "{size} transfers; an instruction holds exactly one."
        source.wrong(21, message, source.path(document), size=str(len(transfers)), remedy="Split the message.")
        return None
    transfer = transfers[0]
    if source.text(header, "NbOfTxs") != "1":
        source.wrong(22, "The number of transfers is stated wrongly.", source.path(header), remedy="Ask for another.")
    number = source.needed(header, "MsgId")
    source.text_if(transfer, "PmtId/InstrId", number)
    source.text_if(header, "SttlmInf/SttlmMtd", METHOD)
    settled = source.money(transfer, "IntrBkSttlmAmt")
    day = source.day(transfer, "IntrBkSttlmDt") or source.day(header, "IntrBkSttlmDt")
    if day is None:
        source.wrong(10, "{element} is missing.", source.path(transfer), element="IntrBkSttlmDt", remedy="Ask for it.")
    return {
        "uetr": source.needed(transfer, "PmtId/UETR"),
        "number": number,
        "endToEnd": source.needed(transfer, "PmtId/EndToEndId"),
        "created": dump(source.moment(header, "CreDtTm")),
        "settlement": dump(settled),
        "settlementDate": dump(day),
        "instructed": dump(source.money(transfer, "InstdAmt") or settled),
        "exchangeRate": _rate(source, transfer),
        "chargeBearer": source.needed(transfer, "ChrgBr"),
        "debtor": _party(source, transfer, "Dbtr"),
        "creditor": _party(source, transfer, "Cdtr"),
        "debtorAccount": _account(source, transfer, "DbtrAcct"),
        "creditorAccount": _account(source, transfer, "CdtrAcct"),
        "debtorAgent": _agent(source, transfer, "DbtrAgt"),
        "creditorAgent": _agent(source, transfer, "CdtrAgt"),
        "remittance": _invoices(source, transfer),
    }


def _rate(source: Source, transfer: etree._Element) -> dict[str, Any] | None:
    text = source.text(transfer, "XchgRate")
    if text is None:
        return None
    agreed = source.one(transfer, "AgrdRate")
    quoted = source.text(agreed, "QtnDtTm")
    for name, expected in _agreed(source, transfer, text):
        source.text_if(agreed, name, expected)
    try:
        rate = dump(decimal_of(text, 11, 10))
    except ValueError as wrong:
        source.wrong(11, "{reason}", source.path(transfer) + "/XchgRate", reason=str(wrong), remedy="Ask for another.")
        return None
    return {"rate": rate, "source": "pacs.008 XchgRate", "quote": source.text(agreed, "QtId"), "quoted": quoted}


def _agreed(source: Source, transfer: etree._Element, rate: str) -> tuple[tuple[str, str], ...]:
    """What ``AgrdRate`` says when it repeats the rate; anything else stays unread, and so becomes a loss."""
    ordered, settled = source.one(transfer, "InstdAmt"), source.one(transfer, "IntrBkSttlmAmt")
    currencies = [(each.get("Ccy") or "") if each is not None else "" for each in (ordered, settled)]
    return ("UnitCcy", currencies[0]), ("QtdCcy", currencies[1]), ("PreAgrdXchgRate", rate)


def _party(source: Source, transfer: etree._Element, name: str) -> dict[str, Any]:
    party = source.one(transfer, name)
    if party is None:
        source.wrong(10, "{element} is missing.", source.path(transfer), element=name, remedy="Ask for another.")
        return {}
    identifiers: list[dict[str, str | None]] = []
    lei = source.text(party, "Id/OrgId/LEI")
    if lei is not None:
        identifiers.append({"scheme": LEI_SCHEME, "value": lei})
    for other in source.all(party, "Id/OrgId/Othr"):
        scheme = source.text(other, "SchmeNm/Prtry") or source.text(other, "SchmeNm/Cd")
        if scheme is not None:
            identifiers.append({"scheme": scheme, "value": source.text(other, "Id")})
    dids = [each["value"] for each in identifiers if each["scheme"] == DID_SCHEME]
    return {
        "name": source.needed(party, "Nm"),
        "address": _address(source, party),
        "identifiers": [each for each in identifiers if each["scheme"] != DID_SCHEME],
        "did": dids[0] if dids else None,
        "economy": source.text(party, "CtryOfRes"),
        "email": source.text(party, "CtctDtls/EmailAdr"),
    }


def _address(source: Source, parent: etree._Element) -> dict[str, Any] | None:
    address = source.one(parent, "PstlAdr")
    if address is None:
        return None
    lines = []
    for line in source.all(address, "AdrLine"):
        source.take(line)
        lines.append((line.text or "").strip())
    return {
        "lines": [each for each in lines if each],
        "city": source.text(address, "TwnNm"),
        "region": source.text(address, "CtrySubDvsn"),
        "postalCode": source.text(address, "PstCd"),
        "economy": source.text(address, "Ctry"),
    }


def _account(source: Source, transfer: etree._Element, name: str) -> dict[str, Any] | None:
    account = source.one(transfer, name)
    if account is None:
        return None
    iban = source.text(account, "Id/IBAN")
    if iban is not None:
        return {"scheme": "iban", "number": iban}
    number = source.text(account, "Id/Othr/Id")
    return None if number is None else {"scheme": "other", "number": number}


def _agent(source: Source, transfer: etree._Element, name: str) -> dict[str, Any]:
    institution = source.one(transfer, f"{name}/FinInstnId")
    if institution is None:
        return {}
    for other in source.all(transfer, {"DbtrAgt": "InstgAgt", "CdtrAgt": "InstdAgt"}[name]):
        copy = source.one(other, "FinInstnId")
        if copy is not None and _plain(copy) == _plain(institution):
            source.take(copy)
    return {
        "bic": source.text(institution, "BICFI"),
        "lei": source.text(institution, "LEI"),
        "name": source.text(institution, "Nm"),
        "town": source.text(institution, "PstlAdr/TwnNm"),
        "economy": source.text(institution, "PstlAdr/Ctry"),
    }


def _plain(element: etree._Element) -> list[tuple[str, str]]:
    return [(str(each.tag), (each.text or "").strip()) for each in element.iter(etree.Element)]


def _invoices(source: Source, transfer: etree._Element) -> list[dict[str, Any]]:
    found = (_invoice(source, each) for each in source.all(transfer, "RmtInf/Strd"))
    return [each for each in found if each is not None]


def _invoice(source: Source, structured: etree._Element) -> dict[str, Any] | None:
    document = source.one(structured, "RfrdDocInf")
    if document is None or (code := source.one(document, "Tp/CdOrPrtry/Cd")) is None or code.text != "CINV":
        return None
    number = source.text(document, "Nb")
    if number is None:
        return None
    source.take(code)
    for text in source.all(structured, "AddtlRmtInf"):
        record = from_ni_uri((text.text or "").strip())
        if record is not None:
            source.take(text)
            return {"number": number, "record": record}
    return {"number": number}


def _losses(source: Source) -> tuple[Finding, ...]:
    return tuple(
        finding(
            "PACS008",
            23,
            "{element} is not carried into the instruction; it stays in the message alone.",
            path=source.path(element),
            severity="note",
            source=f"ISO 20022 {source.version}",
            remedy="Keep the message beside the record.",
            element=str(etree.QName(element).localname),
        )
        for element in source.untaken()
    )


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(each) for key, each in value.items() if each is not None}
    return [_without_none(each) for each in value] if isinstance(value, list) else value
