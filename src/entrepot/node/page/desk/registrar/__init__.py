"""The registrar's desk: businesses ask that their number be confirmed; the answer is a Digital Identity Anchor."""

from entrepot.node.page.desk.desk import Decision, Desk
from entrepot.node.page.desk.registrar.case import cases, find, number_findings, read
from entrepot.node.page.desk.registrar.entering import entered, reinstated, suspended
from entrepot.node.page.language import gettext_noop

REGISTRAR = Desk(
    name="registrar",
    title=gettext_noop("Registrar"),
    explains=gettext_noop("Businesses ask you to confirm that a number of your register is theirs."),
    cases=cases,
    find=find,
    read=read,
    decisions=(
        Decision(
            name="register",
            title=gettext_noop("Register the business"),
            explains=gettext_noop(
                "You confirm that the number is theirs, after looking into your register. The node checks that they "
                "control their key, and you sign an identity anchor that anybody can check."
            ),
            check=number_findings,
            carry=entered,
        ),
        Decision(
            name="refuse",
            title=gettext_noop("Refuse the registration"),
            explains=gettext_noop("You do not confirm the number, and say why. The business is told."),
        ),
        Decision(
            name="suspend",
            title=gettext_noop("Suspend the registration"),
            explains=gettext_noop("From now on whoever checks the anchor is told that it is suspended."),
            carry=suspended,
        ),
        Decision(
            name="reinstate",
            title=gettext_noop("Reinstate the registration"),
            explains=gettext_noop("The anchor holds again."),
            carry=reinstated,
        ),
    ),
)
