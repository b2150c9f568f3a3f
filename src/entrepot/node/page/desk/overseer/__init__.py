"""The market overseer's desk: the offers that are shown here, and what was complained of."""

from entrepot.node.page.desk.desk import Decision, Desk
from entrepot.node.page.desk.overseer.case import cases, find, read
from entrepot.node.page.language import gettext_noop

OVERSEER = Desk(
    name="overseer",
    title=gettext_noop("Market overseer"),
    explains=gettext_noop("The offers that are shown on this node; those that somebody complained of come first."),
    cases=cases,
    find=find,
    read=read,
    decisions=(
        Decision(
            name="dismiss",
            title=gettext_noop("Dismiss the complaint"),
            explains=gettext_noop("The offer stays as it is. The seller is told why."),
        ),
        Decision(
            name="warn",
            title=gettext_noop("Warn the seller"),
            explains=gettext_noop("The offer stays, and the seller is told what is wrong with it."),
        ),
        Decision(
            name="ask",
            title=gettext_noop("Ask the seller to withdraw the offer"),
            explains=gettext_noop("The offer stays until the seller withdraws it; the seller is told why."),
        ),
        Decision(
            name="hide",
            title=gettext_noop("Hide the offer on this node"),
            explains=gettext_noop(
                "Nobody finds the offer here or orders from it here any more. Other nodes decide for themselves."
            ),
        ),
        Decision(
            name="show",
            title=gettext_noop("Show the offer again"),
            explains=gettext_noop("The offer is found on this node again."),
        ),
    ),
)
