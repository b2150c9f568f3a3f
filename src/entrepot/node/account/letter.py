"""Letters to people. They go into a folder of the node, ``DATA/letters``; what carries them on is the operator's."""

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage

from entrepot.base.digest import sha256

APART_S = 60


def send(to: str, subject: str, body: str) -> None:
    """Put a letter into the folder: one file each, as RFC 5322 has it."""
    sender = f"entrepot@{settings.CONFIG.host}" if settings.CONFIG.is_public else "entrepot@localhost"
    EmailMessage(subject, body, sender, [to]).send()


def send_rarely(to: str, subject: str, body: str) -> None:
    """As :func:`send`, but one letter of a subject in a minute: a form that is sent twice sends one."""
    if cache.add(f"letter/{sha256(f'{to}/{subject}'.encode('utf-8', 'surrogatepass'))}", "sent", timeout=APART_S):
        send(to, subject, body)
