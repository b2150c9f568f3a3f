"""What changes how a person comes in is kept as a deed, and told her by letter: it may not have been she."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

from entrepot.node.account import letter
from entrepot.node.account.acting import note
from entrepot.node.account.identity import has_identity
from entrepot.node.account.models import Person
from entrepot.node.page.account.people import DEEDS
from entrepot.node.page.answer import root_of

NAMED = frozenset({"passkey-added", "passkey-removed"})
"""Deeds about what the person gave a name."""


def changed(request: HttpRequest, person: Person, what: str, *, about: str = "") -> None:
    """Keep the deed ``what``, and write to the person; one who signs in by a corporate identity has no mailbox."""
    note(person, what, about=about)
    if has_identity(person):
        return
    where = f"{settings.CONFIG.url}{root_of(request)}/reset"
    body = gettext(
        "Something was done with your account here: %(what)s. If it was not you, choose a new password now: %(link)s"
    )
    words = gettext(DEEDS[what]) + (f" ({about})" if about and what in NAMED else "")
    letter.send(person.email, gettext("Your account at Entrepot"), body % {"what": words, "link": where})
