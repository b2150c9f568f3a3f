"""The fields of the pages about people, and what is asked of a new password and an e-mail address."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext

from entrepot.node.account.models import Person
from entrepot.node.page.entry import Entry
from entrepot.node.page.language import gettext_noop

PASSWORD_MOST = 256
WEAK = {
    "password_too_short": gettext_noop("This password is too short. Take at least 12 characters."),
    "password_too_common": gettext_noop("Many people use this password. Take another one."),
    "password_of_context": gettext_noop("This password is made of words of this node or of your own. Take others."),
    "password_too_similar": gettext_noop("This password is too much like your name or e-mail address."),
}
"""Code of a validator of Django's -> what is said of the password."""


def email_entry() -> Entry:
    """The e-mail address by which a person is known here."""
    return Entry(name="email", label=gettext("E-mail address"), kind="email", autocomplete="username", most=254)


def name_entry() -> Entry:
    """How a person is called: one field, as names are not built alike."""
    return Entry(name="name", label=gettext("Your name"), autocomplete="name")


def new_password_entry() -> Entry:
    """A password that is being chosen."""
    return Entry(
        name="password",
        label=gettext("New password"),
        help=gettext("At least 12 characters. A few words that you can remember will do."),
        kind="password",
        autocomplete="new-password",
        most=PASSWORD_MOST,
    )


def password_entry() -> Entry:
    """The password of whoever is signed in, or signs in."""
    return Entry(
        name="password",
        label=gettext("Password"),
        kind="password",
        autocomplete="current-password",
        most=PASSWORD_MOST,
    )


def code_entry() -> Entry:
    """A one-time code."""
    return Entry(name="code", label=gettext("Code"), kind="code", autocomplete="one-time-code", most=16)


def sign_in_entries() -> list[Entry]:
    """What signing in asks for."""
    return [email_entry(), password_entry()]


def email_of(text: str) -> str:
    """An e-mail address as it is kept; empty where it is none."""
    found = text.strip().lower()
    try:
        validate_email(found)
    except ValidationError:
        return ""
    return found if len(found) <= 254 else ""


def judge_password(entry: Entry, password: str, person: Person) -> bool:
    """Whether ``password`` will do for ``person``; what is wrong with it is noted beside the field."""
    try:
        validate_password(password, person)
    except ValidationError as wrong:
        for each in wrong.error_list:
            entry.problems.append(gettext(WEAK[str(each.code)]))
    return not entry.is_wrong
