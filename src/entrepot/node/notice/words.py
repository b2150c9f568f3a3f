"""Words for what a person is told."""

from django.utils.translation import gettext

from entrepot.flow.office import Office
from entrepot.node.notice.models import Notice, What
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale.words import KINDS, word

WORDS = {
    What.RECORD: gettext_noop("came in"),
    What.STEP: gettext_noop("waits for your answer"),
    What.DECISION: gettext_noop("answers you"),
    What.REFUSAL: gettext_noop("was refused by the other side's node"),
    What.UNDELIVERED: gettext_noop("could not be sent to the other side's node"),
}


def line_of(office: Office, notice: Notice) -> str:
    """The notice as one line of a letter: kind and number of the record, and why it is told."""
    record = office.journal.record(notice.about)
    number = "" if record is None or record.erased else record.content.number
    return " · ".join(each for each in (word(KINDS, notice.kind), number, gettext(WORDS[What(notice.what)])) if each)
