"""Sessions of people: each names its person, ends at a fixed moment, and before it when nothing was asked for an hour.

What NIST SP 800-63B-4 (2.2.3) allows at most for two factors is a day, and an hour without a request.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from entrepot.base.digest import sha256
from entrepot.node.account.models import Person, Session

BEGAN = "began"
"""Member of the session: when its person last showed who she is (RFC 3339)."""
LIFE, IDLE, FRESH = timedelta(hours=12), timedelta(hours=1), timedelta(minutes=15)
"""How long a session lives, how long one that asks for nothing, and how long it may change how one comes in."""
SEEN_APART = timedelta(minutes=1)
SESSIONS_MAX = 20
"""Sessions of one person; one more ends the one that was used longest ago."""


class SessionStore(db.SessionStore):
    """Django's sessions in the database, with the person and the last request of each."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of a session that is saved now."""
        made = super().create_model_instance(data)
        assert isinstance(made, Session)
        made.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        made.began = datetime.fromisoformat(data[BEGAN]) if BEGAN in data else timezone.now()
        made.seen = timezone.now()
        return made

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing where it has ended."""
        now = timezone.now()
        found = Session.objects.filter(pk=self.session_key, expire_date__gt=now).first()
        if found is None or (found.person_id is not None and found.seen <= now - IDLE):
            self._session_key = None
            return {}
        if found.seen <= now - SEEN_APART:
            Session.objects.filter(pk=found.pk).update(seen=now)
        kept: dict[str, Any] = self.decode(found.session_data)
        return kept


@receiver(user_logged_in)
def begin(sender: object, request: HttpRequest, user: Person, **more: object) -> None:
    """The person has shown who she is: the session lives from now on; sessions beyond :data:`SESSIONS_MAX` end."""
    now = timezone.now()
    request.session[BEGAN] = now.isoformat()
    request.session.set_expiry(now + LIFE)
    Session.objects.filter(expire_date__lte=now).delete()
    over = Session.objects.filter(person=user).order_by("-seen").values_list("pk", flat=True)[SESSIONS_MAX - 1 :]
    Session.objects.filter(pk__in=list(over)).delete()


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person showed a short while ago who she is."""
    began = request.session.get(BEGAN)
    return began is not None and timezone.now() - datetime.fromisoformat(began) <= FRESH


def sessions_of(person: Person) -> list[Session]:
    """The sessions of a person that are in force, the newest first."""
    now = timezone.now()
    return list(Session.objects.filter(person=person, expire_date__gt=now, seen__gt=now - IDLE).order_by("-began"))


def mark_of(key: str) -> str:
    """By what a page names the session of that key, which is a secret."""
    return sha256(key.encode())[:16]
