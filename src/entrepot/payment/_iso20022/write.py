"""Writing pacs.008 from a payment instruction."""

import re

from lxml import etree

from entrepot.base.amount import format_decimal
from entrepot.base.digest import ni_uri
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, blocking
from entrepot.base.money import Money
from entrepot.party.party import Address, Party
from entrepot.payment._iso20022.limit import check_limits, losses
from entrepot.payment._iso20022.version import DID_SCHEME, LEI_SCHEME, METHOD, OLDEST, VERSIONS, Version
from entrepot.payment.account import Account, AccountScheme, Agent, ExchangeRate, InvoiceReference
from entrepot.payment.check import check_draft
from entrepot.payment.instruction import PaymentInstruction

_UUID4 = re.compile("[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}")


def write(instruction: PaymentInstruction, *, version: str = OLDEST) -> tuple[bytes | None, tuple[Finding, ...]]:
    """The message as UTF-8 XML with notes on what it cannot carry; or None and all findings that forbid it.

    ``instruction.message`` is not looked at. Raises :class:`UsageError` for a version that is not known.
    """
    if version not in VERSIONS:
        raise UsageError(f"pacs.008 is not written as {version}", remedy="Use " + ", ".join(VERSIONS))
    known = VERSIONS[version]
    found = (*check_draft(instruction), *check_limits(instruction, known))
    if blocking(found):
        return None, found
    root = etree.Element(etree.QName(known.namespace, "Document"), nsmap={None: known.namespace})  # type: ignore[dict-item]  # the default prefix
    message = _add(root, "FIToFICstmrCdtTrf")
    _header(message, instruction)
    _transfer(_add(message, "CdtTrfTxInf"), instruction, known)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data, (*found, *losses(instruction, known))


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, name))
    child.text = text
    return child


def _path(parent: etree._Element, path: str, text: str) -> None:
    for name in path.split("/"):
        parent = _add(parent, name)
    parent.text = text


def _amount(parent: etree._Element, name: str, money: Money) -> None:
    _add(parent, name, format_decimal(money.amount)).set("Ccy", money.currency)


def _header(message: etree._Element, instruction: PaymentInstruction) -> None:
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", instruction.number)
    _add(header, "CreDtTm", instruction.created.isoformat(timespec="milliseconds"))
    _add(header, "NbOfTxs", "1")
    _path(header, "SttlmInf/SttlmMtd", METHOD)


def _transfer(transfer: etree._Element, given: PaymentInstruction, version: Version) -> None:
    """Children in the order of the schema, which validators check."""
    ids = _add(transfer, "PmtId")
    _add(ids, "InstrId", given.number)
    _add(ids, "EndToEndId", given.end_to_end)
    _add(ids, "UETR", given.uetr)
    _amount(transfer, "IntrBkSttlmAmt", given.settlement)
    _add(transfer, "IntrBkSttlmDt", given.settlement_date.isoformat())
    _amount(transfer, "InstdAmt", given.instructed)
    if given.exchange_rate is not None:
        _rate(transfer, given.exchange_rate, given, version)
    _add(transfer, "ChrgBr", str(given.charge_bearer))
    _agent(transfer, "InstgAgt", given.debtor_agent)
    _agent(transfer, "InstdAgt", given.creditor_agent)
    _party(transfer, "Dbtr", given.debtor, version)
    _account(transfer, "DbtrAcct", given.debtor_account)
    _agent(transfer, "DbtrAgt", given.debtor_agent)
    _agent(transfer, "CdtrAgt", given.creditor_agent)
    _party(transfer, "Cdtr", given.creditor, version)
    _account(transfer, "CdtrAcct", given.creditor_account)
    if given.remittance:
        remittance = _add(transfer, "RmtInf")
        for each in given.remittance:
            _invoice(remittance, each)


def _rate(transfer: etree._Element, rate: ExchangeRate, given: PaymentInstruction, version: Version) -> None:
    _add(transfer, "XchgRate", format_decimal(rate.rate))
    if not version.agreed_rate:
        return
    agreed = _add(transfer, "AgrdRate")
    _add(agreed, "UnitCcy", given.instructed.currency)
    _add(agreed, "QtdCcy", given.settlement.currency)
    _add(agreed, "PreAgrdXchgRate", format_decimal(rate.rate))
    if rate.quoted is not None:
        _add(agreed, "QtnDtTm", rate.quoted.isoformat(timespec="milliseconds"))
    if rate.quote is not None and _UUID4.fullmatch(rate.quote):
        _add(agreed, "QtId", rate.quote)


def _agent(parent: etree._Element, name: str, agent: Agent) -> None:
    institution = _add(_add(parent, name), "FinInstnId")
    if agent.bic is not None:
        _add(institution, "BICFI", agent.bic)
    if agent.lei is not None:
        _add(institution, "LEI", agent.lei)
    if agent.name is not None:
        _add(institution, "Nm", agent.name)
    if agent.town is not None or agent.economy is not None:
        _address(institution, Address(city=agent.town, economy=agent.economy))


def _account(parent: etree._Element, name: str, account: Account | None) -> None:
    if account is not None:
        form = "IBAN" if account.scheme is AccountScheme.IBAN else "Othr/Id"
        _path(_add(parent, name), f"Id/{form}", account.number)


def _party(parent: etree._Element, name: str, party: Party, version: Version) -> None:
    element = _add(parent, name)
    _add(element, "Nm", party.name)
    if party.address is not None:
        _address(element, party.address)
    _organisation(element, party, version)
    if party.economy is not None:
        _add(element, "CtryOfRes", party.economy)
    if party.email is not None:
        _path(element, "CtctDtls/EmailAdr", party.email)


def _organisation(parent: etree._Element, party: Party, version: Version) -> None:
    pairs = [(each.scheme, each.value) for each in party.identifiers]
    if party.did is not None and len(party.did) <= version.identifier:
        pairs.append((DID_SCHEME, party.did))
    if not pairs:
        return
    organisation = _add(_add(parent, "Id"), "OrgId")
    leis = [value for scheme, value in pairs if scheme == LEI_SCHEME]
    if leis:
        _add(organisation, "LEI", leis[0])
    for scheme, value in pairs:
        if scheme != LEI_SCHEME:
            other = _add(organisation, "Othr")
            _add(other, "Id", value)
            _path(other, "SchmeNm/Prtry", scheme)


def _address(parent: etree._Element, address: Address) -> None:
    element = _add(parent, "PstlAdr")
    for name, value in (
        ("PstCd", address.postal_code),
        ("TwnNm", address.city),
        ("CtrySubDvsn", address.region),
        ("Ctry", address.economy),
    ):
        if value is not None:
            _add(element, name, value)
    for line in address.lines:
        _add(element, "AdrLine", line)


def _invoice(parent: etree._Element, invoice: InvoiceReference) -> None:
    structured = _add(parent, "Strd")
    document = _add(structured, "RfrdDocInf")
    _path(document, "Tp/CdOrPrtry/Cd", "CINV")
    _add(document, "Nb", invoice.number)
    if invoice.record is not None:
        _add(structured, "AddtlRmtInf", ni_uri(invoice.record))
