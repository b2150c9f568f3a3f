"""The bank's desk: sales whose buyer named it, each with what is to be sent, and what is to be settled."""

from entrepot.node.page.desk.bank.case import cases, find, read
from entrepot.node.page.desk.bank.payment import instruction, instruction_entries, no_amount, refund, settlement
from entrepot.node.page.desk.desk import Decision, Desk
from entrepot.node.page.language import gettext_noop

BANK = Desk(
    name="bank",
    title=gettext_noop("Bank"),
    explains=gettext_noop("Buyers named you to send the money for what they were billed, and to settle it."),
    cases=cases,
    find=find,
    read=read,
    decisions=(
        Decision(
            name="send",
            title=gettext_noop("Send the money"),
            explains=gettext_noop(
                "As the buyer's bank you send the money on its way. The message is ISO 20022 pacs.008."
            ),
            prefix="PI",
            entries=instruction_entries,
            draft=instruction,
            check=no_amount,
        ),
        Decision(
            name="settle",
            title=gettext_noop("Settle"),
            explains=gettext_noop(
                "You enter in your book that the seller has the money. It cannot be erased afterwards."
            ),
            prefix="ST",
            draft=settlement,
        ),
        Decision(
            name="refund",
            title=gettext_noop("Refund"),
            explains=gettext_noop("The seller has more than is due. You enter in your book that the rest went back."),
            prefix="RF",
            draft=refund,
        ),
        Decision(
            name="refuse",
            title=gettext_noop("Refuse the payment"),
            explains=gettext_noop("You do not send the money, and say why. Seller and buyer are told."),
        ),
    ),
)
