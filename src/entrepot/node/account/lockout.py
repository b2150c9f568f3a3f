"""Who guesses is locked out for a while; the answer never tells whether there is such an account."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F

from entrepot.base.digest import sha256
from entrepot.node.account.models import Failure

LOCK = timedelta(minutes=15)
FROM_ONE_PLACE, IN_ALL = 5, 50
"""Failures after which an account is locked for the place that they came from, and for everybody."""


def is_locked(email: str, address: str, now: datetime) -> bool:
    """Whether nobody may try that account from there now."""
    limits = dict(_keys(email, address))
    recent = Failure.objects.filter(key__in=limits, last__gt=now - LOCK)
    return any(each.count >= limits[each.key] for each in recent)


def failed(email: str, address: str, now: datetime) -> None:
    """Count a failure; those that are older than the lock are forgotten."""
    Failure.objects.filter(last__lte=now - LOCK).delete()
    for key, _ in _keys(email, address):
        Failure.objects.get_or_create(key=key, defaults={"last": now})
        Failure.objects.filter(key=key).update(count=F("count") + 1, last=now)


def succeeded(email: str, address: str) -> None:
    """Forget the failures from that place."""
    Failure.objects.filter(key=next(_keys(email, address))[0]).delete()


def _keys(email: str, address: str) -> Iterator[tuple[str, int]]:
    yield sha256(f"{email}\n{address}".encode("utf-8", "surrogatepass")), FROM_ONE_PLACE
    yield sha256(email.encode("utf-8", "surrogatepass")), IN_ALL
