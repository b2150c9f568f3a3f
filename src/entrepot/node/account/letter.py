"""Letters to people. They go into a folder of the node, ``DATA/letters``; what carries them on is the operator's."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage

from entrepot.base.digest import sha256
from entrepot.journal.backup import drafted, make_directory

APART_S = 60


def send(to: str, subject: str, body: str) -> None:
    """Put a letter into the folder: one file each, as RFC 5322 has it."""
    EmailMessage(subject, body, _sender(), [to]).send()


def send_once(to: str, subject: str, body: str, *, name: str) -> None:
    """As :func:`send`, in the file of that name: a letter that is written again takes its own place, and has the same
    message id, by which whatever carries it on knows it."""
    folder = Path(settings.EMAIL_FILE_PATH)
    made = EmailMessage(subject, body, _sender(), [to], headers={"Message-ID": f"<{name}@{settings.CONFIG.host}>"})
    make_directory(folder)
    with drafted(folder / f"{name}.log") as draft:
        draft.write_bytes(made.message().as_bytes() + b"\n" + b"-" * 79 + b"\n")


def _sender() -> str:
    return f"entrepot@{settings.CONFIG.host}" if settings.CONFIG.is_public else "entrepot@localhost"


def send_rarely(to: str, subject: str, write: Callable[[], str]) -> None:
    """As :func:`send`, but one letter of a subject in a minute: a form that is sent twice sends one. ``write``: what
    makes the text, only where the letter is sent."""
    if cache.add(f"letter/{sha256(f'{to}/{subject}'.encode('utf-8', 'surrogatepass'))}", "sent", timeout=APART_S):
        send(to, subject, write())
