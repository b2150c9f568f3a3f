"""The message that stands behind a payment instruction: written, referred to by digest, and compared."""

from dataclasses import replace

from entrepot.base.digest import sha256
from entrepot.base.finding import Finding, blocking
from entrepot.base.shape import dump
from entrepot.payment._iso20022 import ReadMessage, read, write
from entrepot.payment._iso20022.version import OLDEST
from entrepot.payment.account import MessageReference
from entrepot.payment.finding import finding
from entrepot.payment.instruction import PaymentInstruction

__all__ = ["ReadMessage", "check_message", "issue", "read", "write"]


def issue(
    draft: PaymentInstruction, *, version: str = OLDEST
) -> tuple[PaymentInstruction | None, bytes, tuple[Finding, ...]]:
    """The instruction with its message reference, the message's bytes (pacs.008), and notes; or None, no bytes and
    all findings that forbid it."""
    data, findings = write(draft, version=version)
    if data is None or blocking(findings):
        return None, b"", findings
    return replace(draft, message=MessageReference(syntax=version, digest=sha256(data))), data, findings


def check_message(instruction: PaymentInstruction, data: bytes) -> tuple[Finding, ...]:
    """Whether ``data`` is the message that ``instruction`` names, and says the same as far as it can carry it."""
    if instruction.message is None or instruction.message.digest != sha256(data):
        return (
            finding(
                "PACS008",
                30,
                "These are not the bytes that the instruction names.",
                path="$.message.digest",
                remedy="Find the message with that digest.",
            ),
        )
    message, findings = read(data)
    if message is None:
        return findings
    stated, written = _comparable(instruction), _comparable(message.instruction)
    return tuple(
        finding("PACS008", 31, "The message says something else.", path=f"$.{name}", remedy="Write the message again.")
        for name in sorted(stated)
        if stated[name] != written[name]
    )


def _comparable(instruction: PaymentInstruction) -> dict[str, object]:
    """What every version of the message can carry."""
    rate = instruction.exchange_rate
    return {
        "uetr": instruction.uetr,
        "number": instruction.number,
        "endToEnd": instruction.end_to_end,
        "created": dump(instruction.created),
        "instructed": instruction.instructed,
        "settlement": instruction.settlement,
        "settlementDate": instruction.settlement_date,
        "chargeBearer": instruction.charge_bearer,
        "exchangeRate": None if rate is None else rate.rate.normalize(),
        "debtor.name": instruction.debtor.name,
        "creditor.name": instruction.creditor.name,
        "debtorAccount": instruction.debtor_account,
        "creditorAccount": instruction.creditor_account,
        "debtorAgent": instruction.debtor_agent,
        "creditorAgent": instruction.creditor_agent,
        "remittance": instruction.remittance,
    }
