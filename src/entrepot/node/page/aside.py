"""What a guest asked for and may last: done beside the request, held in memory for two minutes, and written nowhere."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.utils.translation import get_language, override

from entrepot.node.upload import working

LIVES_S = 120
ASIDE_MAX = 64
"""What goes on or waits for its reader at once; with more of it a request waits until it is answered, as ever."""


@dataclass(slots=True)
class Aside:
    """``token``: the name by which its page asks for it; it says when it began, as another process of the node may be
    asked. ``value``: what came of it; ``wrong``: what was raised instead."""

    token: str
    began: float
    over: threading.Event = field(default_factory=threading.Event)
    value: Any = None
    wrong: Exception | None = None

    def answer(self) -> Any:
        """What came of it, or the exception."""
        if self.wrong is not None:
            raise self.wrong
        return self.value


_held: dict[str, Aside] = {}


def begin(act: Callable[[], Any]) -> Aside:
    """Do it beside the request, in the language of its reader; waited for a moment, as most is done by then."""
    now = time.monotonic()
    for each in [each for each in list(_held.values()) if now - each.began > LIVES_S]:
        _held.pop(each.token, None)
    made = Aside(f"{int(time.time())}-{secrets.token_hex(16)}", now)
    if len(_held) >= ASIDE_MAX:
        _do(made, act, get_language())
        return made
    _held[made.token] = made
    threading.Thread(target=_do, args=(made, act, get_language()), name="aside", daemon=True).start()
    if made.over.wait(working.QUICK_S):
        _held.pop(made.token, None)
    return made


def found(token: str) -> Aside | None:
    """What goes by that name in this process."""
    return _held.get(token)


def is_young(token: str) -> bool:
    """Whether it may still be with another process of the node."""
    began, _, _ = token.partition("-")
    return began.isascii() and began.isdigit() and 0 <= time.time() - int(began[:12]) <= LIVES_S


def _do(made: Aside, act: Callable[[], Any], language: str | None) -> None:
    try:
        with override(language):
            made.value = act()
    except Exception as wrong:  # noqa: BLE001 - the request raises it
        made.wrong = wrong
    finally:
        made.over.set()
        if threading.current_thread().name == "aside":
            connections.close_all()
