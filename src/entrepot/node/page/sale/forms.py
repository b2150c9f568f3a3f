"""The forms of a sale: for each kind of record the fields that a person fills, and the document that they make.

What is typed goes into the document as it stands; the checks of the record, the same as for every way in, say what is
wrong with it, and where.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext

from entrepot.base.shape import dump
from entrepot.document.invoice.billing import bill
from entrepot.document.order.model import APPOINTMENTS_MAX
from entrepot.document.trade import DocumentReference, Subject
from entrepot.flow.issue import Draft
from entrepot.journal.port import Attachment
from entrepot.node.page.entry import Entry
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale import claiming, paying
from entrepot.node.page.sale.appointing import SELLERS, agency_entries, appointed
from entrepot.node.page.sale.context import Context
from entrepot.node.page.sale.handing import hand_over_entries, hand_over_payload

Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """``prefix``: of the numbers that it proposes. ``explains``: what signing it does. ``home``: where what it opens is
    shown, under its id. ``follows``: records that it follows outside a sale. ``files``: what goes with it.
    ``takes_files``: photographs are chosen in it; ``encloses``: any files are. ``numbered``: whether the number is
    the person's to choose. ``complete``: adds to what is to be said who reads it, or what it follows."""

    kind: str
    prefix: str
    explains: str
    entries: Callable[[Context], list[Entry]]
    payload: Callable[[Context, Typed], dict[str, Any]]
    home: str = "/sales"
    follows: tuple[str, ...] = ()
    files: Callable[[Context, Typed], tuple[Attachment, ...]] | None = None
    takes_files: bool = False
    numbered: bool = True
    encloses: bool = False
    complete: Callable[[Draft, Context, Typed], Draft] = lambda draft, _, __: draft


def number_entry(prefix: str, today: date, key: str) -> Entry:
    """The number of the document; one is proposed."""
    return Entry(
        name="number",
        label=gettext("Your number for it"),
        help=gettext("Each number once. You may keep the one that is proposed."),
        value=proposed(prefix, today, key),
        most=35,
        path="$.number",
    )


def proposed(prefix: str, today: date, key: str) -> str:
    """A number of the day, from the key of a form: 32 bits, so that a firm with many documents a day does not meet its
    own numbers."""
    return f"{prefix}-{today:%y%m%d}-{key[:8].upper()}"


def number_of(prefix: str, key: str) -> str:
    """The number of a document that nobody numbers, from the key of its form."""
    return f"{prefix}-{key[:16].upper()}"


def note_entry(path: str = "$.note") -> Entry:
    """What else is to be said; ``path``: the member that holds it."""
    return Entry(
        name="note",
        label=gettext("Note"),
        help=gettext("Whoever may read the record reads this, too."),
        kind="textarea",
        required=False,
        most=2000,
        path=path,
    )


def reason_entry(*, required: bool = False) -> Entry:
    """Why, in one's own words."""
    return Entry(
        name="reason",
        label=gettext("Reason"),
        help=gettext("Whoever may read the record reads this, too."),
        kind="textarea",
        required=required,
        most=2000,
        path="$.reason",
    )


def _answer_entries(_: Context) -> list[Entry]:
    options = (("accept", gettext("Yes, I accept")), ("reject", gettext("No, I reject")))
    answer = Entry(name="answer", label=gettext("Your answer"), kind="select", options=options, path="$.answer")
    reason = reason_entry()
    reason.help = gettext("Needed where you reject.")
    return [answer, reason]


def _response_entries(context: Context) -> list[Entry]:
    """The answer, and which agencies are to take part on the seller's side."""
    is_goods = context.order.subject is Subject.GOODS
    return [*_answer_entries(context), *agency_entries(context, SELLERS, is_goods=is_goods)]


def _order_response(context: Context, typed: Typed) -> dict[str, Any]:
    made = _response(context, typed)
    if typed.get("answer") != "accept":
        return made
    # Agencies that the order names may live where the order does not come; the answer does.
    named = [*dump(context.order).get("parties", ()), *appointed(typed, SELLERS).get("parties", ())]
    return made | ({"parties": named[-APPOINTMENTS_MAX:]} if named else {})


def _response(context: Context, typed: Typed) -> dict[str, Any]:
    return context.head(typed["number"]) | {"order": context.order_reference, **_given(typed, "answer", "reason")}


def _cancellation(context: Context, typed: Typed) -> dict[str, Any]:
    return context.head(typed["number"]) | {"order": context.order_reference, **_given(typed, "reason")}


def _cancellation_response(context: Context, typed: Typed) -> dict[str, Any]:
    return _response(context, typed) | {"cancellation": context.newest("order-cancellation")}


def _invoice_entries(context: Context) -> list[Entry]:
    due = (context.today + timedelta(days=30)).isoformat()
    return [
        Entry(name="due", label=gettext("To be paid until"), kind="date", value=due, path="$.dueDate"),
        Entry(
            name="account",
            label=gettext("Account to pay to"),
            required=False,
            most=70,
            path="$.payment.account",
        ),
        note_entry("$.notes"),
    ]


def _invoice(context: Context, typed: Typed) -> dict[str, Any]:
    reference = DocumentReference(number=context.order_reference["number"], record=context.order_reference["record"])
    made: dict[str, Any] = dump(bill(context.order, number="1", today=context.today, reference=reference))
    made |= {"number": typed["number"], "dueDate": typed["due"]}
    if typed.get("account", "").strip():
        made["payment"] = {"code": "30", "account": typed["account"].strip(), "reference": typed["number"]}
    if typed.get("note", "").strip():
        made["notes"] = [typed["note"].strip()]
    return made


def _given(typed: Typed, *names: str) -> dict[str, str]:
    """The named members, as far as something was typed."""
    return {name: typed[name].strip() for name in names if typed.get(name, "").strip()}


FORMS: Mapping[str, Form] = {
    each.kind: each
    for each in (
        Form(
            "order-response",
            "OR",
            gettext_noop("You accept or reject the order. The buyer is told; an answer is given once."),
            _response_entries,
            _order_response,
        ),
        Form(
            "invoice",
            "INV",
            gettext_noop("You ask to be paid for everything that was ordered. Tax is not reckoned here."),
            _invoice_entries,
            _invoice,
        ),
        Form(
            "hand-over",
            "HO",
            gettext_noop("You say what happened to the goods, now, and where."),
            hand_over_entries,
            hand_over_payload,
        ),
        Form(
            "order-cancellation",
            "OC",
            gettext_noop("You ask the seller to cancel the order. It holds until the seller agrees."),
            lambda _: [reason_entry(required=True)],
            _cancellation,
        ),
        Form(
            "cancellation-response",
            "CR",
            gettext_noop("You agree to cancel the order, or you do not."),
            _answer_entries,
            _cancellation_response,
        ),
        Form(
            "return-request",
            "RR",
            gettext_noop("You ask to send all the goods back. It holds when the seller agrees."),
            claiming.return_entries,
            claiming.return_payload,
        ),
        Form(
            "return-response",
            "RA",
            gettext_noop("You agree that the goods come back, or you do not."),
            claiming.return_answer_entries,
            claiming.return_answer_payload,
        ),
        Form(
            "dispute",
            "DI",
            gettext_noop("You object to something in this sale. The other side is told, and answers."),
            claiming.dispute_entries,
            claiming.dispute_payload,
        ),
        Form(
            "dispute-answer",
            "DA",
            gettext_noop("You agree with the objection, or you say why not."),
            claiming.dispute_answer_entries,
            claiming.dispute_answer_payload,
        ),
        Form(
            "payment-request",
            "PR",
            gettext_noop("You ask the buyer to pay the invoice, with a code that banks and wallets read."),
            paying.request_entries,
            paying.request_payload,
        ),
    )
}
"""Form by kind, for the steps that are taken inside a sale."""
