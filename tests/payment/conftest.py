"""Records of one invented sale, and the folder of foreign test material."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from entrepot.base.money import Money
from entrepot.party.party import Address, Identifier, Party
from entrepot.payment.account import Account, AccountScheme, Agent, ExchangeRate, InvoiceReference, new_uetr
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.qr import Merchant, request_code
from entrepot.payment.request import PaymentRequest


@pytest.fixture(scope="session")
def foreign() -> Path:
    """Foreign material of the payments area."""
    root = os.environ.get("ENTREPOT_TEST_DATA")
    if not root:
        pytest.skip("ENTREPOT_TEST_DATA is not set: no foreign test material")
    return Path(root) / "payments"


@pytest.fixture
def instruction() -> PaymentInstruction:
    """A draft: a Chinese importer pays a Malaysian grower, in two currencies."""
    return PaymentInstruction(
        uetr=new_uetr(lambda size: bytes(range(size))),
        number="PAY-2026-0007",
        end_to_end="INV-2026-0042",
        created=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
        debtor=Party(
            name="南宁鲜果进出口有限公司",
            economy="CN",
            did="did:web:buyer.example",
            identifiers=(Identifier(scheme="uscc", value="91450100MA5EXAMPL1"),),
            address=Address(lines=("1 Minzu Avenue",), city="Nanning", postal_code="530000", economy="CN"),
        ),
        debtor_account=Account(number="6222000000000001"),
        debtor_agent=Agent(bic="AAAACNBJXXX"),
        creditor=Party(
            name="Kebun Raub Sdn. Bhd.",
            economy="MY",
            did="did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            address=Address(city="Raub", region="Pahang", economy="MY"),
            email="pay@kebun.example",
        ),
        creditor_account=Account(number="GB82WEST12345698765432", scheme=AccountScheme.IBAN),
        creditor_agent=Agent(name="Bank Contoh", town="Kuala Lumpur", economy="MY"),
        instructed=Money.of("20000.00", "CNY"),
        settlement=Money.of("12400.00", "MYR"),
        settlement_date=date(2026, 11, 20),
        exchange_rate=ExchangeRate(rate=Decimal("0.62"), source="FX desk of Bank Contoh", quote="Q-1"),
        remittance=(InvoiceReference(number="INV-2026-0042", record="ab" * 32), InvoiceReference(number="INV-43")),
        request="cd" * 32,
    )


@pytest.fixture
def domestic(instruction: PaymentInstruction) -> PaymentInstruction:
    """The same in one currency."""
    return replace(instruction, instructed=instruction.settlement, exchange_rate=None)


@pytest.fixture
def request_of():
    """The payment request that an instruction answers."""

    def make(instruction: PaymentInstruction) -> PaymentRequest:
        merchant = Merchant(name="KEBUN RAUB", city="RAUB", economy="MY", objects={"01": "890053", "02": "X1"})
        code, _ = request_code(instruction.settlement, "INV-2026-0042", merchant=merchant, scheme="my-duitnow")
        return PaymentRequest(
            amount=instruction.settlement,
            payee=instruction.creditor,
            invoices=instruction.remittance,
            scheme="my-duitnow",
            qr=code or "",
        )

    return make
