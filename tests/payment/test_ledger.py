"""The ledger against an independent model that only sums legs, and the laws of double entry."""

import copy
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from entrepot.base.error import UsageError
from entrepot.base.finding import blocking
from entrepot.base.money import MINOR_MAX, Money
from entrepot.base.record import Content, Record, record_of
from entrepot.base.shape import dump, parse, schema
from entrepot.payment.answer import check_instruction_of, check_refund_of, check_settlement_of
from entrepot.payment.check import check_instruction, check_refund, check_settlement
from entrepot.payment.kinds import kinds
from entrepot.payment.ledger import LedgerRefused, account_key, left_to_refund, mirror, post, settlements_of
from entrepot.payment.message import issue
from entrepot.payment.posting import transfer
from entrepot.payment.settle import Accounts, give_back, settle
from entrepot.payment.settlement import Posting, Refund, RefundReason, Settlement

KEEPER = "did:web:settlement.example"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BUYER_BANK, SELLER_BANK, DEALER = "did:web:bank-a.example", "did:web:bank-b.example", "did:web:fx.example"


class FloorBroken(Exception):
    """What a database says at a floor."""


class MemoryBook:
    """A book in memory that keeps floors, like a database with a CHECK."""

    def __init__(self):
        self.rows, self.balances, self.floors = {}, {}, {}

    def get(self, key):
        return copy.deepcopy(self.rows.get(key))

    def put(self, key, row):
        self.rows[key] = copy.deepcopy(dict(row))

    def add(self, account, delta, *, floor=None):
        balance = self.balances.get(account, 0) + delta
        if floor is not None:
            self.floors[account] = floor
        if account in self.floors and balance < self.floors[account]:
            raise FloorBroken(account)
        self.balances[account] = balance

    def balance(self, account):
        return self.balances.get(account)

    def whole(self):
        return copy.deepcopy((self.rows, {key: minor for key, minor in self.balances.items() if minor}))

    def attempt(self, record):
        """Post within a transaction; whether it was kept."""
        saved = copy.deepcopy((self.rows, self.balances, self.floors))
        try:
            post(self, record)
        except (LedgerRefused, FloorBroken):
            self.rows, self.balances, self.floors = saved
            return False
        return True


_COUNT = iter(range(10**9))


def record(kind, payload, *, keeper=KEEPER):
    number = str(next(_COUNT))
    return record_of(
        Content(
            kind=kind,
            version=1,
            issuer=keeper,
            number=number,
            nonce="A" * 22,
            issued=NOW,
            sales=(),
            payload=dump(payload),
        )
    )


def money(minor, currency="MYR"):
    return Money(minor, currency)


def settlement(*legs, creditor=SELLER_BANK, amount, instruction="1" * 64):
    return Settlement(instruction=instruction, creditor=creditor, amount=amount, settled=NOW, postings=tuple(legs))


def funded(book, minor=1000, account=BUYER_BANK, instruction="f" * 64):
    """Money that the institution issues to ``account``, as a settlement."""
    legs = transfer(money(minor), giver=KEEPER, taker=account)
    given = record("settlement", settlement(*legs, creditor=account, amount=money(minor), instruction=instruction))
    post(book, given)
    return given


def paid(minor, instruction="1" * 64):
    return settlement(
        *transfer(money(minor), giver=BUYER_BANK, taker=SELLER_BANK), amount=money(minor), instruction=instruction
    )


def back(settlement_record, minor, currency="MYR"):
    return record(
        "refund",
        Refund(
            settlement=settlement_record.id,
            debited=SELLER_BANK,
            amount=money(minor, currency),
            reason=RefundReason.REQUESTED,
            refunded=NOW,
            postings=transfer(money(minor, currency), giver=SELLER_BANK, taker=BUYER_BANK),
        ),
    )


def test_a_sale_is_paid_and_refunded_in_two_parts():
    book = MemoryBook()
    funded(book)
    payment = record("settlement", paid(600))
    assert book.attempt(payment)
    assert book.attempt(back(payment, 250))
    assert left_to_refund(book, payment.id) == money(350)
    assert not book.attempt(back(payment, 351))
    assert book.attempt(back(payment, 350))
    assert left_to_refund(book, payment.id) == money(0)
    assert not book.attempt(back(payment, 1))
    assert book.balances == {
        account_key(KEEPER, "MYR", KEEPER): -1000,
        account_key(KEEPER, "MYR", BUYER_BANK): 1000,
        account_key(KEEPER, "MYR", SELLER_BANK): 0,
    }


def test_a_record_is_applied_once():
    book = MemoryBook()
    funded(book)
    payment = record("settlement", paid(600))
    post(book, payment)
    before = book.whole()
    post(book, payment)
    assert book.whole() == before


def test_an_instruction_is_settled_once():
    book = MemoryBook()
    funded(book)
    assert book.attempt(record("settlement", paid(100)))
    with pytest.raises(LedgerRefused) as refused:
        post(book, record("settlement", paid(100)))
    assert [each.id for each in refused.value.findings] == ["ENT-CORE-LEDGER-01"]
    assert refused.value.remedy


def test_no_account_but_the_issuers_goes_below_zero():
    book = MemoryBook()
    funded(book, 99)
    assert not book.attempt(record("settlement", paid(100)))
    assert book.attempt(record("settlement", paid(99)))


def test_a_balance_stays_within_eighteen_digits():
    book = MemoryBook()
    book.balances[account_key(KEEPER, "MYR", BUYER_BANK)] = MINOR_MAX - 5
    with pytest.raises(LedgerRefused):
        funded(book, 6)
    book.balances = {account_key(KEEPER, "MYR", BUYER_BANK): MINOR_MAX - 5}
    book.rows = {}
    funded(book, 5)


def test_only_the_keepers_own_account_issues():
    book = MemoryBook()
    legs = transfer(money(5), giver="did:web:other.example", taker=SELLER_BANK)
    assert not book.attempt(record("settlement", settlement(*legs, amount=money(5))))
    other = record("settlement", settlement(*legs, amount=money(5)), keeper="did:web:other.example")
    assert book.attempt(other)


def test_books_are_apart():
    book = MemoryBook()
    funded(book)
    assert not book.attempt(record("settlement", paid(1), keeper="did:web:other.example"))
    payment = record("settlement", paid(10))
    assert book.attempt(payment)
    refund = back(payment, 1)
    stolen = record_of(replace(refund.content, issuer="did:web:other.example"))
    assert not book.attempt(stolen)


@pytest.mark.parametrize("wrong", ["f" * 64, "refund"])
def test_a_refund_needs_a_settlement(wrong):
    book = MemoryBook()
    funded(book)
    payment = record("settlement", paid(10))
    refund = back(payment, 5)
    post(book, payment)
    post(book, refund)
    target = refund.id if wrong == "refund" else wrong
    again = record("refund", replace(parse(Refund, refund.payload)[0], settlement=target))
    assert not book.attempt(again)
    assert left_to_refund(book, target) is None


def test_a_refund_is_paid_in_the_settled_currency():
    book = MemoryBook()
    funded(book)
    payment = record("settlement", paid(10))
    post(book, payment)
    assert not book.attempt(back(payment, 5, "SGD"))


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        ((("a", "MYR", -5), (SELLER_BANK, "MYR", 5), ("b", "MYR", 0)), "POSTING-01"),
        ((("a", "ZZZ", -5), (SELLER_BANK, "ZZZ", 5)), "POSTING-02"),
        ((("a", "MYR", -5), (SELLER_BANK, "MYR", 6)), "POSTING-03"),
        ((("a", "MYR", -5), (SELLER_BANK, "SGD", 5)), "POSTING-03"),
        ((("a", "MYR", -(10**15)), (SELLER_BANK, "MYR", 10**15)) * 2, "POSTING-04"),
        ((("a", "title:" + "0" * 64, -2), (SELLER_BANK, "title:" + "0" * 64, 2)), "POSTING-05"),
        ((("a", "MYR", -4), (SELLER_BANK, "MYR", 4)), "PAY-03"),
    ],
)
def test_wrong_postings_are_found(legs, expected):
    postings = (Posting(account=account, asset=asset, minor=minor) for account, asset, minor in legs)
    wrong = settlement(*postings, amount=money(5))
    assert f"ENT-CORE-{expected}" in {each.id for each in check_settlement(wrong)}
    assert not MemoryBook().attempt(record("settlement", wrong))
    copy_of = MemoryBook()
    mirror(copy_of, record("settlement", wrong))
    assert copy_of.balances == {}


def test_a_title_against_money():
    """Delivery versus payment: title and money change hands in one record, or not at all."""
    title = "title:" + "7" * 64
    book = MemoryBook()
    funded(book)
    give = [Posting(account=KEEPER, asset=title, minor=-1), Posting(account=SELLER_BANK, asset=title, minor=1)]
    swap = [Posting(account=SELLER_BANK, asset=title, minor=-1), Posting(account=BUYER_BANK, asset=title, minor=1)]
    both = settlement(*paid(10).postings, *swap, amount=money(10), instruction="2" * 64)
    assert not book.attempt(record("settlement", both))
    assert book.balances[account_key(KEEPER, "MYR", BUYER_BANK)] == 1000
    issued = settlement(*paid(1).postings, *give, amount=money(1), instruction="3" * 64)
    assert book.attempt(record("settlement", issued))
    assert book.attempt(record("settlement", both))
    assert book.balances[account_key(KEEPER, title, BUYER_BANK)] == 1


def test_erased_unknown_and_newer_records_change_nothing():
    book = MemoryBook()
    payment = record("settlement", paid(5))
    for each in (
        Record(payment.id, replace(payment.content, payload={}), erased=True),
        record("invoice", paid(5)),
        record_of(replace(payment.content, version=2)),
        record_of(replace(payment.content, payload={"odd": 1})),
    ):
        post(book, each)
        mirror(book, each)
    assert book.whole() == ({}, {})


def test_a_copy_gives_the_same_in_any_order_and_shows_what_is_wrong():
    payment, again = record("settlement", paid(100)), record("settlement", paid(100))
    records = [payment, again, back(payment, 70), back(payment, 70), payment]
    results = []
    for order in permutations(records):
        book = MemoryBook()
        for each in order:
            mirror(book, each)
        results.append(book.whole())
    assert all(each == results[0] for each in results)
    assert left_to_refund(book, payment.id) == money(-40)
    assert settlements_of(book, KEEPER, "1" * 64) == tuple(sorted((payment.id, again.id)))
    assert sum(book.balances.values()) == 0


def test_whole_payment_from_instruction_to_refund(instruction):
    issued, _, _ = issue(instruction)
    assert not blocking(check_instruction(issued))
    assert blocking(check_instruction(instruction))
    order = record("payment-instruction", issued)
    accounts = Accounts(debtor=BUYER_BANK, creditor=SELLER_BANK, exchange=DEALER, issuer=KEEPER)
    made = settle(order.id, issued, accounts=accounts, settled=NOW)
    assert check_settlement(made) == ()
    assert check_settlement_of(made, issued) == ()
    book = MemoryBook()
    done = record("settlement", made)
    assert book.attempt(done)
    assert book.balances[account_key(KEEPER, "CNY", DEALER)] == 2_000_000
    assert book.balances[account_key(KEEPER, "MYR", SELLER_BANK)] == 1_240_000
    refund = give_back(
        done.id, made, amount=money(40_000), taker=DEALER, reason=RefundReason.WRONG_AMOUNT, refunded=NOW
    )
    assert check_refund(refund) == check_refund_of(refund, made) == ()
    assert book.attempt(record("refund", refund))
    for asset in ("CNY", "MYR"):
        assert sum(minor for key, minor in book.balances.items() if f"|{asset}|" in key) == 0


@pytest.mark.parametrize("issuer", [KEEPER, None])
@pytest.mark.parametrize("exchange", [KEEPER, DEALER])
def test_a_provider_pays_what_it_has_or_was_lent(instruction, issuer, exchange):
    book = MemoryBook()
    accounts = Accounts(debtor=BUYER_BANK, creditor=SELLER_BANK, exchange=exchange, issuer=issuer)
    made = settle("1" * 64, instruction, accounts=accounts, settled=NOW)
    assert check_settlement(made) == ()
    assert book.attempt(record("settlement", made)) == (issuer is not None)


def test_two_currencies_need_a_provider(instruction):
    with pytest.raises(UsageError):
        settle("1" * 64, instruction, accounts=Accounts(debtor="a", creditor="b"), settled=NOW)


def test_answers_are_compared(instruction):
    wrong = settle("1" * 64, replace(instruction, settlement=money(5)), accounts=ONE_TO_ONE, settled=NOW)
    assert [each.id for each in check_settlement_of(wrong, instruction)] == ["ENT-CORE-PAY-13"]
    refund = give_back("2" * 64, wrong, amount=money(3), taker="x", reason=RefundReason.REQUESTED, refunded=NOW)
    assert check_refund_of(refund, wrong, before=[money(2)]) == ()
    assert [each.id for each in check_refund_of(refund, wrong, before=[money(3)])] == ["ENT-CORE-PAY-15"]
    moved = replace(refund, debited="elsewhere")
    assert [each.id for each in check_refund_of(moved, wrong)] == ["ENT-CORE-PAY-16"]


ONE_TO_ONE = Accounts(debtor=BUYER_BANK, creditor=SELLER_BANK, exchange=DEALER)


def test_instruction_answers_its_request(instruction, request_of):
    asked = request_of(instruction)
    assert check_instruction_of(instruction, asked) == ()
    less = replace(instruction, settlement=money(5), remittance=(), creditor=instruction.debtor)
    found = {each.id for each in check_instruction_of(less, asked)}
    assert found == {"ENT-CORE-PAY-10", "ENT-CORE-PAY-11", "ENT-CORE-PAY-12"}


def test_every_kind_has_a_shape_and_comes_back(instruction, request_of):
    payloads = {
        "payment-request": request_of(instruction),
        "payment-instruction": issue(instruction)[0],
        "settlement": paid(5),
        "refund": parse(Refund, back(record("settlement", paid(5)), 5).payload)[0],
    }
    assert {kind for kind, _ in kinds()} == set(payloads)
    for (kind, version), (shape, check) in kinds().items():
        assert version == 1
        assert schema(shape)["title"] == shape.__name__
        again, findings = parse(shape, dump(payloads[kind]))
        assert findings == ()
        assert again == payloads[kind]
        assert not blocking(check(again)), kind


ACCOUNTS = st.sampled_from([KEEPER, BUYER_BANK, SELLER_BANK, DEALER])
LEGS = st.lists(
    st.tuples(ACCOUNTS, ACCOUNTS, st.sampled_from(["MYR", "SGD"]), st.integers(1, 400)), min_size=1, max_size=4
)


class Model:
    """The reference: every accepted leg is kept in a list; balances are sums over it."""

    def __init__(self):
        self.legs, self.records, self.instructions, self.settled = [], set(), set(), {}

    def balance(self, account, asset):
        return sum(minor for at, of, minor in self.legs if (at, of) == (account, asset))

    def accepts(self, legs):
        trial = [*self.legs, *legs]
        touched = {(account, asset) for account, asset, _ in legs if account != KEEPER}
        return all(sum(m for at, of, m in trial if (at, of) == each) >= 0 for each in touched)


class LedgerMachine(RuleBasedStateMachine):
    """Random settlements, refunds and repetitions; book and model must agree on every answer and every balance."""

    @initialize()
    def start(self):
        self.book, self.model, self.done, self.next = MemoryBook(), Model(), [], 0

    def try_both(self, given, legs, *, allowed):
        expected = allowed and self.model.accepts(legs)
        assert self.book.attempt(given) == expected
        if expected:
            self.model.legs += legs
            self.done.append(given)
        return expected

    @rule(moves=LEGS, creditor=ACCOUNTS, reuse=st.booleans(), skew=st.sampled_from([0, 0, 0, 1]))
    def settles(self, moves, creditor, reuse, skew):
        legs = [leg for giver, taker, asset, minor in moves for leg in ((giver, asset, -minor), (taker, asset, minor))]
        legs[0] = (*legs[0][:2], legs[0][2] - skew)
        net = sum(minor for account, asset, minor in legs if (account, asset) == (creditor, "MYR"))
        if net <= 0:
            return
        if not reuse:
            self.next += 1
        instruction = f"{self.next:064x}"
        postings = (Posting(account=account, asset=asset, minor=minor) for account, asset, minor in legs)
        given = record(
            "settlement", settlement(*postings, creditor=creditor, amount=money(net), instruction=instruction)
        )
        allowed = not skew and instruction not in self.model.instructions
        if self.try_both(given, legs, allowed=allowed):
            self.model.instructions.add(instruction)
            self.model.settled[given.id] = [creditor, net]

    @precondition(lambda self: self.model.settled)
    @rule(data=st.data(), minor=st.integers(1, 500), taker=ACCOUNTS)
    def refunds(self, data, minor, taker):
        target = data.draw(st.sampled_from(sorted(self.model.settled)))
        giver, left = self.model.settled[target]
        if giver == taker:
            return
        refund = Refund(
            settlement=target,
            debited=giver,
            amount=money(minor),
            reason=RefundReason.REQUESTED,
            refunded=NOW,
            postings=transfer(money(minor), giver=giver, taker=taker),
        )
        legs = [(giver, "MYR", -minor), (taker, "MYR", minor)]
        if self.try_both(record("refund", refund), legs, allowed=minor <= left):
            self.model.settled[target][1] = left - minor

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def repeats(self, data):
        before = self.book.whole()
        post(self.book, data.draw(st.sampled_from(self.done)))
        assert self.book.whole() == before

    @invariant()
    def balances_agree(self):
        for key, minor in self.book.balances.items():
            _, asset, account = key.split("|")
            assert minor == self.model.balance(account, asset)

    @invariant()
    def money_is_conserved(self):
        for asset in ("MYR", "SGD"):
            assert sum(minor for key, minor in self.book.balances.items() if f"|{asset}|" in key) == 0

    @invariant()
    def refunds_stay_within(self):
        for target, (_, left) in self.model.settled.items():
            assert left_to_refund(self.book, target) == money(left)
            assert left >= 0

    @invariant()
    def a_copy_agrees(self):
        copy_of = MemoryBook()
        for each in reversed(self.done):
            mirror(copy_of, each)
        assert copy_of.whole() == self.book.whole()


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@given(LEGS)
def test_issued_money_equals_what_others_hold(moves):
    book = MemoryBook()
    for number, (_, taker, asset, minor) in enumerate(moves):
        if taker == KEEPER:
            continue
        legs = transfer(Money(minor, asset), giver=KEEPER, taker=taker)
        made = settlement(*legs, creditor=taker, amount=Money(minor, asset), instruction=f"{number:064x}")
        assert book.attempt(record("settlement", made))
    for asset in ("MYR", "SGD"):
        held = sum(book.balances.get(account_key(KEEPER, asset, each), 0) for each in (BUYER_BANK, SELLER_BANK, DEALER))
        assert book.balances.get(account_key(KEEPER, asset, KEEPER), 0) == -held
