"""Notices by letter: one letter of all that a person was not told yet, per party.

Which notices a letter tells is written down before it is written; a letter that was cut off is written again under the
same name and message id (RFC 5322, 3.6.4), in place of itself.
"""

import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext, override

from entrepot.flow.office import Office
from entrepot.node.account import letter
from entrepot.node.account.acting import name_of
from entrepot.node.account.identity import has_identity
from entrepot.node.account.models import Person
from entrepot.node.notice.models import Notice, Wish
from entrepot.node.notice.words import line_of

LINES_MAX = 50


def post(office: Office) -> int:
    """Write the letters that are due; how many."""
    if not Notice.objects.filter(posted=None).exists():
        return 0
    with transaction.atomic():
        due = Notice.objects.filter(posted=None, letter="")
        for person, party in set(due.values_list("person", "party")):
            due.filter(person=person, party=party).update(letter=secrets.token_hex(16))
    waiting = Notice.objects.filter(posted=None).exclude(letter="").values("letter")
    names = list(waiting.annotate(first=Min("pk")).order_by("first").values_list("letter", flat=True))
    for name in names:
        _write(office, name)
        Notice.objects.filter(letter=name).update(posted=office.clock())
    return len(names)


def _write(office: Office, name: str) -> None:
    told = list(Notice.objects.filter(letter=name).select_related("person").order_by("pk"))
    person, party = told[0].person, told[0].party
    language = language_for(person)
    with override(language):
        lines = [line_of(office, each) for each in told[:LINES_MAX]]
        subject = gettext("News for %(business)s on Entrepot") % {"business": name_of(party)}
        where = f"{settings.CONFIG.url}/{language}/notices"
        body = gettext("%(lines)s\n\nRead more: %(link)s\nYou may choose there to get no more letters.")
        text = body % {"lines": "\n".join(lines), "link": where}
    if not has_identity(person):  # nobody reads letters there
        letter.send_once(person.email, " ".join(subject.split()), text, name=name)


def language_for(person: Person) -> str:
    """The code of the language in which a person reads letters."""
    found = Wish.objects.filter(person=person).first()
    return "en" if found is None else found.language


def remember_language(person: Person, code: str) -> None:
    """Take the language in which a person came in for that of her letters, where she chose none."""
    Wish.objects.get_or_create(person=person, defaults={"language": code})
