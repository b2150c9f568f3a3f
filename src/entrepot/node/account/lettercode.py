"""The code of a letter: typed, or taken from behind the ``#`` of the letter's link, which no browser sends.

No path and no query holds it (OWASP ASVS 5.0, V14.2.1). Its 26 digits of Crockford's Base32 are 130 random bits
(V11.5.1 asks for 128); the node keeps a digest (V6.5.2).
"""

import re
import secrets
import unicodedata
from datetime import datetime, timedelta

from entrepot.node.access.bearer import digest_of
from entrepot.node.account.models import Invitation, LetterCode, Person

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 26, 4
_MISREAD = str.maketrans("ILO", "110")
OPENED = "opened"
"""Member of the session: the digest of the code that this browser gave."""
ACCOUNT, PASSWORD, INVITATION = "/letter/account", "/letter/password", "/letter/invitation"
"""Where what a letter opens is done."""


def new_code() -> str:
    """A code that nobody can guess, in groups that can be typed."""
    digits = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(digits[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def digest_in(typed: str) -> str:
    """What is kept of a code, however it is typed: wide or small letters, spaces, hyphens, O for 0, I and L for 1."""
    plain = re.sub("[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper())
    return digest_of(plain.translate(_MISREAD))


def code_for(email: str, *, now: datetime, lives: timedelta, stand: str = "", aim: str = "") -> str:
    """A new code for a letter to ``email``; see :class:`LetterCode`. Those that are outlived are forgotten."""
    code = new_code()
    LetterCode.objects.filter(expires__lte=now).delete()
    LetterCode.objects.create(digest=digest_in(code), email=email, stand=stand, aim=aim, expires=now + lives)
    return code


def found_by(digest: str, now: datetime) -> tuple[LetterCode | None, Person | None]:
    """The letter of that digest that is not outlived, and the account under its address; None where there is none."""
    found = LetterCode.objects.filter(digest=digest, expires__gt=now).first()
    return found, Person.objects.filter(email=found.email).first() if found else None


def place_of(digest: str, now: datetime) -> str:
    """Where what the code opens is done; empty where it opens nothing: it is wrong, used or outlived.

    A code is used when the account is no longer as it was when the letter was written.
    """
    if Invitation.objects.filter(digest=digest, closed=None, expires__gt=now).exists():
        return INVITATION
    found, person = found_by(digest, now)
    if found is None or found.stand != (person.stand if person else ""):
        return ""
    return PASSWORD if found.stand else ACCOUNT
