"""Work that may last longer than a reader waits for an answer: begun once, done beside the requests, and looked at from
any process of the node.

What it is, how far it is and what came of it lie with the accounts, so that the page that follows it may be answered by
another process. Work whose process ended says nothing any more, and is begun anew when it is asked for again: doing it
twice must have one effect.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connections, transaction

from entrepot.node.account.models import Person
from entrepot.node.problem import ProblemError
from entrepot.node.running import office
from entrepot.node.upload.models import Work

log = logging.getLogger("entrepot.node")
QUICK_S = 0.8
"""What is done within it is answered at once."""
BEAT_S = 0.5
"""How often work that goes on says how far it is."""
LOST = timedelta(seconds=60)
"""Work that said nothing for so long ended with its process."""
KEPT = timedelta(days=1)
WORKS_MAX = 5
"""Works of one person that may go on at once."""
_turns = threading.Semaphore(2)
_going: dict[int, threading.Event] = {}


@dataclass(slots=True)
class Progress:
    """What the work says of itself: the ``phase`` it is in, and how many of how many are ``done``."""

    pk: int
    phase: str = ""
    done: int = 0
    total: int = 0
    told: float = 0.0

    def begin(self, phase: str, total: int) -> None:
        """A phase of ``total`` steps begins."""
        self.phase, self.done, self.total, self.told = phase, 0, total, 0.0
        self.step(0)

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self.done += count
        if time.monotonic() - self.told >= BEAT_S:
            self.told = time.monotonic()
            stand = {"phase": self.phase, "done": self.done, "total": self.total, "at": office().clock()}
            Work.objects.filter(pk=self.pk).update(**stand)


Act = Callable[[Progress], str]
"""Does the work; what came of it, as text."""


def begin(person: Person, name: str, about: str, act: Act) -> Work:
    """The work of that name: as it goes on, else begun (anew); waited for a moment, as most is done by then."""
    now = office().clock()
    with transaction.atomic():
        Work.objects.filter(at__lt=now - KEPT).delete()
        found = Work.objects.filter(person=person, name=name).first()
        is_new = found is None or not is_going(found, now)
        if is_new:
            if sum(is_going(each, now) for each in Work.objects.filter(person=person, is_over=False)) >= WORKS_MAX:
                raise ProblemError(429, "rate-limit", detail="Too much is being worked on.")
            fresh = {"about": about, "phase": "", "done": 0, "total": 0, "result": "", "is_over": False, "at": now}
            found = Work.objects.update_or_create(person=person, name=name, defaults=fresh)[0]
    assert found is not None, "it was there or was begun"
    if is_new:
        _going[found.pk] = threading.Event()
        threading.Thread(target=_do, args=(found.pk, act), name="work", daemon=True).start()
    over = _going.get(found.pk)
    if over is not None:
        over.wait(QUICK_S)
    return Work.objects.get(pk=found.pk)


def is_going(work: Work, now: datetime) -> bool:
    """Whether it goes on, as far as can be told: it is not over, and was heard of lately."""
    return not work.is_over and (work.pk in _going or work.at > now - LOST)


def _do(pk: int, act: Act) -> None:
    result = ""
    try:
        with _turns:
            result = act(Progress(pk))
    except Exception:
        log.exception("work beside the requests failed")
    finally:
        try:
            Work.objects.filter(pk=pk).update(result=result, is_over=True, at=office().clock())
        except Exception:
            log.exception("what came of work beside the requests could not be kept")
        _going.pop(pk).set()
        connections.close_all()
