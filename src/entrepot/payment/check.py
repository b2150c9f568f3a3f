"""What must hold within one payment record."""

from decimal import Decimal

from stdnum import iban, lei

from entrepot.base.amount import EXACT, exact_product
from entrepot.base.finding import Finding
from entrepot.base.money import Money
from entrepot.party.party import Address, Party
from entrepot.payment.account import Account, AccountScheme, Agent
from entrepot.payment.finding import finding
from entrepot.payment.instruction import ChargeBearer, PaymentInstruction
from entrepot.payment.posting import check_postings, net_of
from entrepot.payment.qr import check_qr
from entrepot.payment.request import PaymentRequest
from entrepot.payment.settlement import Refund, Settlement

_STRUCTURED = "ISO 20022 structured postal address (CPMI d218, harmonised requirement on addresses)"


def check_request(request: PaymentRequest) -> tuple[Finding, ...]:
    """All findings of a payment request: amount, and whether its QR code says the same."""
    return (*_positive(request.amount, "$.amount"), *check_qr(request))


def check_instruction(instruction: PaymentInstruction) -> tuple[Finding, ...]:
    """All findings of a payment instruction, its message reference included."""
    found = [*check_draft(instruction)]
    if instruction.message is None:
        found.append(
            finding(
                "PAY",
                1,
                "The instruction names no message.",
                path="$.message",
                remedy="Write the pacs.008 and add its digest.",
            )
        )
    return tuple(found)


def check_draft(instruction: PaymentInstruction) -> tuple[Finding, ...]:
    """All findings of an instruction whose message need not be written yet."""
    return (
        *_positive(instruction.instructed, "$.instructed"),
        *_positive(instruction.settlement, "$.settlement"),
        *_rate(instruction),
        *_party(instruction.debtor, "$.debtor"),
        *_party(instruction.creditor, "$.creditor"),
        *_account(instruction.debtor_account, "$.debtorAccount"),
        *_account(instruction.creditor_account, "$.creditorAccount"),
        *_agent(instruction.debtor_agent, "$.debtorAgent"),
        *_agent(instruction.creditor_agent, "$.creditorAgent"),
    )


def check_settlement(settlement: Settlement) -> tuple[Finding, ...]:
    """All findings of a settlement: its postings, and that the creditor received exactly the amount."""
    received = net_of(settlement.postings, settlement.creditor, settlement.amount.currency)
    return (
        *_positive(settlement.amount, "$.amount"),
        *check_postings(settlement.postings),
        *_moved(received, settlement.amount.minor, settlement.creditor, "$.creditor"),
    )


def check_refund(refund: Refund) -> tuple[Finding, ...]:
    """All findings of a refund: its postings, and that the debited account gave exactly the amount."""
    given = -net_of(refund.postings, refund.debited, refund.amount.currency)
    return (
        *_positive(refund.amount, "$.amount"),
        *check_postings(refund.postings),
        *_moved(given, refund.amount.minor, refund.debited, "$.debited"),
    )


def _positive(amount: Money, path: str) -> tuple[Finding, ...]:
    if amount.minor > 0:
        return ()
    return (
        finding(
            "PAY",
            2,
            "{amount} is not more than zero.",
            path=path,
            remedy="State a positive amount.",
            amount=str(amount),
        ),
    )


def _moved(moved: int, stated: int, account: str, path: str) -> tuple[Finding, ...]:
    if moved == stated:
        return ()
    return (
        finding(
            "PAY",
            3,
            "The postings move {moved} minor units for {account}; the amount says {stated}.",
            path=path,
            remedy="Make postings and amount agree.",
            moved=str(moved),
            stated=str(stated),
            account=account,
        ),
    )


def _rate(instruction: PaymentInstruction) -> tuple[Finding, ...]:
    ordered, settled, rate = instruction.instructed, instruction.settlement, instruction.exchange_rate
    if rate is None:
        if ordered.currency == settled.currency:
            return _charged(ordered.amount, settled, instruction.charge_bearer)
        return (
            finding(
                "PAY",
                4,
                "{from_} becomes {to} without an exchange rate.",
                path="$.exchangeRate",
                source="ISO 20022 pacs.008 CdtTrfTxInf/XchgRate",
                remedy="State the rate and who quoted it.",
                from_=ordered.currency,
                to=settled.currency,
            ),
        )
    if rate.rate <= 0 or (ordered.currency == settled.currency and rate.rate != 1):
        return (
            finding(
                "PAY",
                5,
                "The exchange rate {rate} cannot be.",
                path="$.exchangeRate.rate",
                remedy="State the quoted rate.",
                rate=str(rate.rate),
            ),
        )
    return _charged(exact_product(ordered.amount, rate.rate), settled, instruction.charge_bearer)


def _charged(expected: Decimal, settled: Money, bearer: ChargeBearer) -> tuple[Finding, ...]:
    """``expected`` may be rounded either way; less may arrive where the creditor bears charges, more never."""
    unit = Money(1, settled.currency).amount
    short = EXACT.subtract(expected, settled.amount)
    if abs(short) < unit:
        return ()
    amounts = {"path": "$.settlement", "settled": str(settled), "expected": str(expected)}
    if short > 0 and bearer in (ChargeBearer.CREDITOR, ChargeBearer.SHARED):
        return (
            finding(
                "PAY",
                19,
                "{settled} is less than the instructed amount, which comes to {expected}; no charges are stated.",
                severity="warning",
                remedy="Say who took what.",
                **amounts,
            ),
        )
    return (
        finding(
            "PAY",
            6,
            "{settled} does not follow from the instructed amount, which comes to {expected}.",
            remedy="Make amounts and rate agree.",
            **amounts,
        ),
    )


def _party(party: Party, path: str) -> list[Finding]:
    found = [*_address(party.address, f"{path}.address")]
    for index, each in enumerate(party.identifiers):
        if each.scheme in ("lei", "0199") and not lei.is_valid(each.value):
            found.append(
                finding(
                    "PAY",
                    7,
                    "{value} is no LEI.",
                    path=f"{path}.identifiers[{index}].value",
                    source="ISO 17442",
                    remedy="Check the number.",
                    value=each.value,
                )
            )
    return found


def _address(address: Address | None, path: str) -> tuple[Finding, ...]:
    if address is not None and address.city and address.economy:
        return ()
    return (
        finding(
            "PAY",
            8,
            "The address lacks its town or its economy.",
            path=path,
            severity="warning" if address is None else "blocking",
            source=_STRUCTURED,
            remedy="State at least town and economy.",
        ),
    )


def _account(account: Account | None, path: str) -> tuple[Finding, ...]:
    if account is None:
        return (finding("PAY", 18, "No account is named.", path=path, severity="warning", remedy="Name the account."),)
    if account.scheme is not AccountScheme.IBAN or iban.is_valid(account.number):
        return ()
    return (
        finding(
            "PAY",
            9,
            "{number} is no IBAN.",
            path=f"{path}.number",
            source="ISO 13616",
            remedy="Check the number.",
            number=account.number,
        ),
    )


def _agent(agent: Agent, path: str) -> tuple[Finding, ...]:
    if agent.bic or (agent.name and agent.town and agent.economy):
        return ()
    return (
        finding(
            "PAY",
            17,
            "The agent is named neither by BIC nor by name, town and economy.",
            path=path,
            source="ISO 20022 FinInstnId; CPMI d218 (identification of financial institutions)",
            remedy="State its BIC.",
        ),
    )
