"""What a pacs.008 cannot carry: texts that are too long (which forbids writing), members that have no place (notes)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from entrepot.base.finding import Finding
from entrepot.party.party import Party
from entrepot.payment._iso20022.version import Version
from entrepot.payment.account import Agent, ExchangeRate
from entrepot.payment.finding import finding
from entrepot.payment.instruction import PaymentInstruction

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
RATE_DIGITS_MAX, RATE_FRACTION_MAX = 11, 10
"""``BaseOneRate``: digits in all, and after the point."""
LINES_MAX, LINE_LENGTH_MAX = 2, 70
"""Address lines beside town and economy (hybrid address), and their length."""


def check_limits(instruction: PaymentInstruction, version: Version) -> tuple[Finding, ...]:
    """Findings for every text that is too long or holds a character that XML cannot carry, and for the rate."""
    found = [
        finding(
            "PACS008",
            1,
            "The text has {size} characters; pacs.008 carries {most}.",
            path=path,
            source=_source(version),
            remedy="Shorten it, or send what it says in a document of its own.",
            size=str(len(text)),
            most=str(most),
        )
        for path, text, most in _texts(instruction, version)
        if len(text) > most
    ]
    found += [
        finding(
            "PACS008",
            2,
            "The text holds a character that XML 1.0 cannot carry.",
            path=path,
            source="XML 1.0, 2.2",
            remedy="Remove it.",
        )
        for path, text, _ in _texts(instruction, version)
        if _NOT_XML.search(text)
    ]
    for path, party in _parties(instruction):
        if party.address is not None and len(party.address.lines) > LINES_MAX:
            found.append(
                finding(
                    "PACS008",
                    3,
                    "{size} address lines; a hybrid address has at most two.",
                    path=f"{path}.address.lines",
                    source=f"{_source(version)}; hybrid postal address from November 2026",
                    remedy="Move town, postal code and region into their own members.",
                    size=str(len(party.address.lines)),
                )
            )
    return (*found, *_rate(instruction.exchange_rate, version))


def _rate(rate: ExchangeRate | None, version: Version) -> tuple[Finding, ...]:
    if rate is None or _fits(rate.rate):
        return ()
    return (
        finding(
            "PACS008",
            4,
            "The rate {rate} has more than 11 digits, or 10 after the point.",
            path="$.exchangeRate.rate",
            source=f"{_source(version)} BaseOneRate",
            remedy="Quote the rate with fewer digits.",
            rate=str(rate.rate),
        ),
    )


def _fits(rate: Decimal) -> bool:
    whole, _, fraction = format(rate, "f").partition(".")
    fraction = fraction.rstrip("0")
    return len(fraction) <= RATE_FRACTION_MAX and len(whole.lstrip("0")) + len(fraction) <= RATE_DIGITS_MAX


def losses(instruction: PaymentInstruction, version: Version) -> tuple[Finding, ...]:
    """Notes on the members of ``instruction`` that have no place in the message."""
    found = []
    if instruction.request is not None:
        found.append(_loss("$.request", version))
    rate = instruction.exchange_rate
    if rate is not None:
        found.append(_loss("$.exchangeRate.source", version))
        if rate.quote is not None and (not version.agreed_rate or not _is_uuid(rate.quote)):
            found.append(_loss("$.exchangeRate.quote", version))
        if rate.quoted is not None and not version.agreed_rate:
            found.append(_loss("$.exchangeRate.quoted", version))
    for path, party in _parties(instruction):
        if party.did is not None and len(party.did) > version.identifier:
            found.append(_loss(f"{path}.did", version))
        if sum(each.scheme == "lei" for each in party.identifiers) > 1:
            found.append(_loss(f"{path}.identifiers", version))
    return tuple(found)


def _is_uuid(text: str) -> bool:
    return re.fullmatch("[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}", text) is not None


def _loss(path: str, version: Version) -> Finding:
    return finding(
        "PACS008",
        5,
        "This member has no place in {version}; it stays in the record alone.",
        path=path,
        severity="note",
        source=_source(version),
        remedy="Keep the record beside the message.",
        version=version.id,
    )


def _source(version: Version) -> str:
    return f"ISO 20022 {version.id}"


def _parties(instruction: PaymentInstruction) -> tuple[tuple[str, Party], ...]:
    return (("$.debtor", instruction.debtor), ("$.creditor", instruction.creditor))


def _texts(instruction: PaymentInstruction, version: Version) -> Iterator[tuple[str, str, int]]:
    """Every text that is written, with its path and its greatest length."""
    for path, party in _parties(instruction):
        yield from _party_texts(path, party, version)
    for path, agent in (("$.debtorAgent", instruction.debtor_agent), ("$.creditorAgent", instruction.creditor_agent)):
        yield from _agent_texts(path, agent, version)
    yield "$.number", instruction.number, 35
    yield "$.endToEnd", instruction.end_to_end, 35
    for index, each in enumerate(instruction.remittance):
        yield f"$.remittance[{index}].number", each.number, 35


def _agent_texts(path: str, agent: Agent, version: Version) -> Iterator[tuple[str, str, int]]:
    for name, text, most in (("name", agent.name, 140), ("town", agent.town, version.town)):
        if text is not None:
            yield f"{path}.{name}", text, most


def _party_texts(path: str, party: Party, version: Version) -> Iterator[tuple[str, str, int]]:
    yield f"{path}.name", party.name, 140
    for index, each in enumerate(party.identifiers):
        yield f"{path}.identifiers[{index}].value", each.value, version.identifier
    address = party.address
    if address is None:
        return
    for name, text, most in (
        ("city", address.city, version.town),
        ("region", address.region, 35),
        ("postalCode", address.postal_code, 16),
    ):
        if text is not None:
            yield f"{path}.address.{name}", text, most
    for index, line in enumerate(address.lines):
        yield f"{path}.address.lines[{index}]", line, LINE_LENGTH_MAX
