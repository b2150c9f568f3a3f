"""The one writing thread: many callers' work in one durable commit; between batches it seals and tends the files."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from entrepot.journal.journal import Journal
from entrepot.journal.port import (
    Append,
    Appended,
    JournalBusy,
    JournalDamaged,
    JournalFull,
    JournalLocked,
    JournalUnavailable,
)

T = TypeVar("T")
_MACHINE = (JournalFull, JournalLocked, JournalDamaged, JournalUnavailable)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSettings:
    """``queue_max``: items that may wait (then :class:`JournalBusy`). ``batch_max``: items per commit.
    ``seal_ms``: milliseconds between seals; well below the deadline that promises name. ``tick_s``: seconds
    between looks at what is to be tended while nobody writes."""

    queue_max: int = 1000
    batch_max: int = 256
    seal_ms: int = 2000
    tick_s: float = 0.5


@dataclass(slots=True)
class _Item:
    work: Callable[[Journal], Any]
    future: "Future[Any]"
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Takes work from any thread. A future is answered only after the commit that holds its work.

    Work is a function of the journal (or an :class:`~entrepot.journal.port.Append`). It runs inside a transaction,
    with a savepoint of its own: what it raises undoes it alone. It must do nothing but read and write the journal,
    since after an error of the machine each item of the batch is tried once more by itself.
    """

    def __init__(self, journal: Journal, settings: WriterSettings = WriterSettings()) -> None:
        self._journal = journal
        self._settings = settings
        self._queue: queue.Queue[_Item | None] = queue.Queue(settings.queue_max)
        self._closing = threading.Event()
        self._last_seal_ms = 0
        self.trouble: Exception | None = None
        """What went wrong when sealing or tending, until it goes well again; for the operator."""
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    @overload
    def submit(self, work: Append) -> "Future[Appended]": ...
    @overload
    def submit(self, work: Callable[[Journal], T]) -> "Future[T]": ...
    def submit(self, work: Append | Callable[[Journal], Any]) -> "Future[Any]":
        """Queue work. Raises :class:`JournalBusy` where the queue is full or the writer closes."""
        item = _Item(_appending(work) if isinstance(work, Append) else work, Future())
        if self._closing.is_set():
            raise JournalBusy("the writer is closing")
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            raise JournalBusy("too much waits to be written", remedy="Try again in a moment.") from None
        return item.future

    def close(self) -> None:
        """Write what is queued, seal it, and end the thread. The journal stays open."""
        if not self._closing.is_set():
            self._closing.set()
            self._queue.put(None)
        self._thread.join()

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        going = True
        while going:
            batch, going = self._gather()
            if batch:
                self._write(batch)
            self._tend(force=not going)
        self._refuse_rest()

    def _gather(self) -> tuple[list[_Item], bool]:
        batch: list[_Item] = []
        try:
            item = self._queue.get(timeout=self._settings.tick_s)
            while item is not None:
                batch.append(item)
                if len(batch) >= self._settings.batch_max:
                    return batch, True
                item = self._queue.get_nowait()
        except queue.Empty:
            return batch, True
        return batch, False

    def _write(self, batch: list[_Item]) -> None:
        batch = [item for item in batch if item.future.set_running_or_notify_cancel()]
        try:
            self._commit(batch)
        except _MACHINE as wrong:
            if len(batch) > 1:
                for item in batch:
                    self._write_alone(item)
                return
            self._fail(batch, wrong)
        except BaseException as wrong:  # noqa: BLE001 - whatever it is, the callers must hear of it
            self._fail(batch, wrong)
        _answer(batch)

    def _write_alone(self, item: _Item) -> None:
        item.result, item.error = None, None
        try:
            self._commit([item])
        except BaseException as wrong:  # noqa: BLE001 - see above
            item.error = wrong
        _answer([item])

    def _commit(self, batch: list[_Item]) -> None:
        with self._journal.transaction() as outer:
            for item in batch:
                try:
                    with self._journal.transaction():
                        item.result = item.work(self._journal)
                except _MACHINE:
                    raise
                except BaseException as wrong:
                    item.error = wrong
                    if not outer.open:
                        raise JournalDamaged("an error ended the whole transaction") from wrong

    @staticmethod
    def _fail(batch: list[_Item], wrong: BaseException) -> None:
        for item in batch:
            item.error = item.error or wrong

    def _tend(self, *, force: bool) -> None:
        """Seal, scrub, checkpoint. Trouble here is kept for the operator; it never ends the thread."""
        now_ms = self._journal.now_ms()
        if not force and 0 <= now_ms - self._last_seal_ms < self._settings.seal_ms:
            return
        try:
            self._journal.tend()
            self._last_seal_ms, self.trouble = now_ms, None
        except Exception as wrong:  # noqa: BLE001 - also the signer's, which may be a device of its own
            self.trouble = wrong

    def _refuse_rest(self) -> None:
        while True:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return
            if item is not None:
                item.future.set_exception(JournalBusy("the writer has closed"))


def _appending(item: Append) -> Callable[[Journal], Appended]:
    return lambda journal: journal.append(item)


def _answer(batch: list[_Item]) -> None:
    for item in batch:
        if item.error is None:
            item.future.set_result(item.result)
        else:
            item.future.set_exception(item.error)
