"""The chamber's desk: sellers who named it when they accepted an order ask it to certify where the goods come from."""

from entrepot.node.page.desk.chamber.case import cases, find, read
from entrepot.node.page.desk.chamber.certificate import certificate, certificate_entries
from entrepot.node.page.desk.desk import Decision, Desk
from entrepot.node.page.language import gettext_noop

CHAMBER = Desk(
    name="chamber",
    title=gettext_noop("Chamber of commerce"),
    explains=gettext_noop("Sellers ask you to certify where their goods come from."),
    cases=cases,
    find=find,
    read=read,
    decisions=(
        Decision(
            name="certify",
            title=gettext_noop("Issue the certificate of origin"),
            explains=gettext_noop(
                "You certify where the goods of this invoice come from. Seller, buyer and customs are told."
            ),
            prefix="CO",
            entries=certificate_entries,
            draft=certificate,
        ),
        Decision(
            name="refuse",
            title=gettext_noop("Refuse the certificate"),
            explains=gettext_noop("You do not certify it, and say why. Seller and buyer are told."),
        ),
    ),
)
