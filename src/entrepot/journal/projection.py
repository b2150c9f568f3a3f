"""Running reducers: at each append, and over the whole log when a view is new, changed or asked for."""

from collections.abc import Iterator

from entrepot.base.error import UsageError
from entrepot.base.record import Record
from entrepot.journal._dialect import Connection
from entrepot.journal.core import require_views
from entrepot.journal.port import Reducer, ViewTx
from entrepot.journal.reading import Reading
from entrepot.journal.view import SqlView


class Projection(Reading):
    """Keeps the views equal to what the reducers make of the log."""

    def reducer(self, name: str) -> Reducer:
        """The reducer of the view ``name``. Raises :class:`UsageError` where none was handed in."""
        for each in self.setup.reducers:
            if each.name == name:
                return each
        raise UsageError(f"this journal has no view {name!r}")

    def reduce(self, db: Connection, record: Record) -> None:
        """Let every view that wants this kind see the record, inside the transaction of ``db``."""
        wanted = [each for each in self.setup.reducers if wants(each, record.kind)]
        if not wanted:
            return
        generations = self._generations(db)
        for each in wanted:
            each.apply(SqlView(db, each.name, generations[each.name]), record)

    def _generations(self, db: Connection) -> dict[str, int]:
        if self.memory.generations is None:
            rows = db.rows("SELECT name, generation, version FROM view")
            require_views(self.setup.reducers, {name: version for name, _, version in rows})
            self.memory.generations = {name: generation for name, generation, _ in rows}
        return self.memory.generations

    def rebuild(self, view: str | None = None) -> None:
        """Fill a shadow generation of one view (or of all) from the log, swap it in, and remove the old one."""
        with self.transaction() as db:
            for each in self.setup.reducers if view is None else (self.reducer(view),):
                self._refill(db, each)

    def rebuild_for(self, db: Connection, kind: str) -> None:
        """Rebuild the views that saw records of ``kind`` (one of them was erased)."""
        for each in self.setup.reducers:
            if wants(each, kind):
                self._refill(db, each)

    def catch_up_views(self) -> None:
        """Fill the views that are new or whose reducer has another version than the one that filled them."""
        with self.transaction() as db:
            known: dict[str, int] = dict(db.rows("SELECT name, version FROM view"))
            for each in self.setup.reducers:
                if known.get(each.name) != each.version:
                    self._refill(db, each)

    def _refill(self, db: Connection, reducer: Reducer) -> None:
        found = db.row("SELECT generation FROM view WHERE name = ?", (reducer.name,))
        old = 0 if found is None else int(found[0])
        shadow = SqlView(db, reducer.name, old + 1)
        self.replay(db, reducer, shadow)
        db.execute(
            "INSERT INTO view (name, version, generation) VALUES (?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET version = excluded.version, generation = excluded.generation",
            (reducer.name, reducer.version, old + 1),
        )
        self.memory.generations = None
        SqlView(db, reducer.name, old).clear()

    def replay(self, db: Connection, reducer: Reducer, target: ViewTx) -> None:
        """Apply ``reducer`` to every record of the log it wants, in the log's order."""
        for record in self._records(db):
            if wants(reducer, record.kind):
                reducer.apply(target, record)

    def _records(self, db: Connection) -> Iterator[Record]:
        last = 0
        while page := self.records_after(db, last):
            for _, record in page:
                yield record
            last = page[-1][0]


def wants(reducer: Reducer, kind: str) -> bool:
    """Whether the reducer sees records of ``kind``; no kinds named means all."""
    return not reducer.kinds or kind in reducer.kinds
