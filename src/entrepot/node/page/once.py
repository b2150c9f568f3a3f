"""A form that is sent twice has one effect: each form carries a key, made when it was shown."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from django.http import HttpRequest

from entrepot.base.digest import sha256
from entrepot.journal.port import Idempotency
from entrepot.node.account.acting import Acting
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

KEY = "key"
SAYS = ("sign", "bring")
"""Values of the buttons by which something is said: signed with a key that the node holds, or brought signed."""
LOOK, CHANGE = "look", "change"
"""Names in the address of a form by which its draft is looked at before signing, or shown to be changed; the value is
the key. So what was looked at is a page that was fetched: going back to it or loading it again sends nothing."""
WAIT_S, TURN_S = 8.0, 0.05
T = TypeVar("T")


def new_key() -> str:
    """A key for a form."""
    return secrets.token_hex(16)


def form_key(acting: Acting, what: str, typed: Mapping[str, str]) -> Idempotency:
    """What stands for this sending: person, party, act, key, and all that was typed."""
    text = json.dumps(dict(typed), sort_keys=True, separators=(",", ":"))
    key = typed.get(KEY, "")
    is_key = len(key) == 32 and key.isalnum() and key.isascii()
    return Idempotency(
        scope=_scope(acting, what), key=key if is_key else new_key(), digest=sha256(text.encode("utf-8"))
    )


def _scope(acting: Acting, what: str) -> str:
    return f"{acting.party or 'nobody'}/person-{acting.person.pk}/{what}"


def said_before(request: HttpRequest, acting: Acting, what: str) -> str | None:
    """The id of the record that was signed under the key of this form; None where nothing was."""
    key = request.POST.get(KEY, "") if request.method == "POST" else request.GET.get(LOOK) or request.GET.get(CHANGE)
    return office().journal.made_under(_scope(acting, what), key) if key else None


def patiently(act: Callable[[], T]) -> T:
    """``act``; where the same form is being worked on at this moment, again when that is done.

    Raises the 409 problem where it takes too long.
    """
    end = time.monotonic() + WAIT_S
    while True:
        try:
            return act()
        except ProblemError as wrong:
            if wrong.code != "in-flight" or time.monotonic() > end:
                raise
        time.sleep(TURN_S)
