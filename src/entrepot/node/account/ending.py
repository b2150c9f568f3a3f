"""What an operator does for people: end their sessions, and let codes come by letter where the app is lost."""

from datetime import datetime

from django.db.models import F

from entrepot.node.account import letter
from entrepot.node.account.models import Deed, Person, Session

TOLD = (
    "The operator of this node was asked to let your codes come by letter, since the app that makes them is lost. "
    "If you did not ask, tell the operator at once."
)


def end_sessions_of(email: str, now: datetime) -> int:
    """End the sessions of the person with that address, or of everybody where it is empty; how many people it met."""
    found = Person.objects.filter(email=email.strip().lower()) if email else Person.objects.all()
    people = list(found)
    found.update(epoch=F("epoch") + 1)
    Session.objects.filter(person__in=people).delete()
    Deed.objects.bulk_create([Deed(at=now, person=each, what="sessions-ended-by-operator") for each in people])
    return len(people)


def drop_codes_of(email: str, now: datetime) -> bool:
    """Let the codes of the person come by letter, end her sessions and tell her; False where no app makes any."""
    person = Person.objects.filter(email=email.strip().lower()).exclude(totp="").first()
    if person is None:
        return False
    Person.objects.filter(pk=person.pk).update(totp="", letter_codes=True)
    end_sessions_of(person.email, now)
    Deed.objects.create(at=now, person=person, what="codes-dropped-by-operator")
    letter.send(person.email, "Your account at Entrepot", TOLD)
    return True
