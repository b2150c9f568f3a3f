"""The forms by which goods go back and the sides disagree: return and answer, dispute and answer."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from entrepot.base.money import Money
from entrepot.base.shape import dump
from entrepot.flow.reading import sale_page
from entrepot.node.page.entry import Entry
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale.context import Context
from entrepot.node.page.sale.words import KINDS, word
from entrepot.node.running import office

RETURN_REASONS = {
    "damaged": gettext_noop("The goods are damaged"),
    "not_as_described": gettext_noop("They are not as described"),
    "wrong_item": gettext_noop("They are the wrong goods"),
    "late": gettext_noop("They came too late"),
    "recalled": gettext_noop("They were recalled"),
    "withdrawn": gettext_noop("I withdraw as a consumer"),
    "other": gettext_noop("Another reason; I say it below"),
}
REMEDIES = {
    "refund": gettext_noop("Money back"),
    "replacement": gettext_noop("Other goods in their place"),
    "payment": gettext_noop("Payment"),
    "cancellation": gettext_noop("An end of the sale"),
    "other": gettext_noop("Something else"),
}


def _choice(name: str, label: str, words: Mapping[str, str], path: str) -> Entry:
    options = tuple((value, gettext(each)) for value, each in words.items())
    return Entry(name=name, label=label, kind="select", options=options, path=path)


def _text(name: str, label: str, path: str, *, required: bool = False) -> Entry:
    return Entry(name=name, label=label, kind="textarea", most=2000, required=required, path=path)


def return_entries(_: Context) -> list[Entry]:
    """Why the goods are to go back; all of them do."""
    return [
        _choice("reason", gettext("Reason"), RETURN_REASONS, "$.reason"),
        _text("note", gettext("Note"), "$.note"),
    ]


def return_payload(_: Context, typed: Mapping[str, str]) -> dict[str, Any]:
    """The buyer asks to send everything back."""
    return _filled({"reason": typed["reason"], "note": typed["note"].strip()})


def return_answer_entries(_: Context) -> list[Entry]:
    """Whether they may, until when, and why not."""
    answers = {"accept": gettext("Yes, I accept"), "refuse": gettext("No, I reject")}
    return [
        _choice("answer", gettext("Your answer"), answers, "$.answer"),
        Entry(
            name="until",
            label=gettext("To be sent back until"),
            kind="date",
            required=False,
            path="$.returnBy",
            most=10,
        ),
        _text("reason", gettext("Reason"), "$.reason"),
    ]


def return_answer_payload(context: Context, typed: Mapping[str, str]) -> dict[str, Any]:
    """The seller's answer to the newest request."""
    request = context.newest("return-request").get("record", "")
    return _filled(
        {
            "request": request,
            "answer": typed["answer"],
            "returnBy": typed["until"],
            "reason": typed["reason"].strip(),
        }
    )


def dispute_entries(context: Context) -> list[Entry]:
    """Against what, why, and what is wanted."""
    assert context.deal is not None, "a step is taken in a sale"
    found = sale_page(office().journal, context.deal.sale, context.acting.readers, recall=office().recall) or {}
    lines = [each for each in found.get("records", ()) if not each.get("withheld")]
    records = tuple((each["id"], f"{word(KINDS, each['kind'])} {each['number']}") for each in lines)
    return [
        Entry(name="about", label=gettext("Against what"), kind="select", options=records, path="$.about"),
        _text("grounds", gettext("Why"), "$.grounds", required=True),
        _choice("remedy", gettext("What you want"), REMEDIES, "$.remedy"),
        Entry(
            name="claim",
            label=gettext("How much, in %(currency)s") % {"currency": context.order.currency},
            help=gettext("For money alone."),
            kind="number",
            required=False,
            most=30,
            path="$.claim",
        ),
    ]


def dispute_payload(context: Context, typed: Mapping[str, str]) -> dict[str, Any]:
    """One side objects to a record of the sale."""
    value: dict[str, Any] = {"about": [typed["about"]], "grounds": typed["grounds"].strip(), "remedy": typed["remedy"]}
    if typed["claim"].strip():
        value["claim"] = {"amount": _digits(typed["claim"].strip(), context), "currency": context.order.currency}
    return value


def _digits(amount: str, context: Context) -> str:
    """The amount with the digits of its currency; as it was typed where it is no such amount: the checks say so."""
    try:
        made: dict[str, str] = dump(Money.of(amount, context.order.currency))
    except ValueError:
        return amount
    return made["amount"]


def dispute_answer_entries(_: Context) -> list[Entry]:
    """Whether the other side agrees, and why not."""
    answers = {"yes": gettext("Yes, I accept"), "no": gettext("No, I reject")}
    return [
        _choice("agrees", gettext("Your answer"), answers, "$.agrees"),
        _text("grounds", gettext("Reason"), "$.grounds"),
    ]


def dispute_answer_payload(context: Context, typed: Mapping[str, str]) -> dict[str, Any]:
    """The answer to the newest dispute."""
    dispute = context.newest("dispute").get("record", "")
    value = {"dispute": dispute, "grounds": typed["grounds"].strip()}
    return _filled(value) | {"agrees": typed["agrees"] == "yes"}


def _filled(members: Mapping[str, str]) -> dict[str, Any]:
    return {name: text for name, text in members.items() if text}
