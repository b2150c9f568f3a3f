"""Words that belong to a node and its people, and make no password: what somebody who aims at this node tries first."""

import re

from django.core.exceptions import ValidationError

from entrepot.node.account.models import Business, Membership, Person

WORDS = frozenset(
    """
    entrepot password passwort passphrase secret welcome account admin administrator operator owner clerk viewer buyer
    seller trader grower importer exporter registrar chamber customs overseer statistics bank broker node offer order
    invoice sale certificate trade digital economy community apec asean
    """.split()  # noqa: SIM905 - words
)
"""Of the program, its roles, its desks and its trade. Beside them count the words of the node's host, of the person's
name and address, and of the businesses for which she acts."""
LEFT_MIN = 8
"""Characters, beside digits and signs, that must be left of a password without such words."""


class ContextValidator:
    """Refuses a password that such words make up; ``host``: of the node."""

    def __init__(self, host: str = "") -> None:
        self._host = host

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ``ValidationError`` where too little is left without them."""
        left = password.casefold()
        for each in sorted(self._words(user), key=len, reverse=True):
            left = left.replace(each, "")
        if left != password.casefold() and sum(each.isalpha() for each in left) < LEFT_MIN:
            raise ValidationError("made of words of this node", code="password_of_context")

    def get_help_text(self) -> str:
        """None: the field has its own help."""
        return ""

    def _words(self, user: Person | None) -> set[str]:
        texts = [self._host]
        if user is not None:
            parties = Membership.objects.filter(person=user, ended=None).values("party") if user.pk else ()
            texts += [user.name, user.email, *Business.objects.filter(party__in=parties).values_list("name", flat=True)]
        own = {each for text in texts for each in re.findall(r"\w+", text.casefold()) if len(each) > 3}
        return own | WORDS
