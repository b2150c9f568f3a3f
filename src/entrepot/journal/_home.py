"""One home per PostgreSQL journal: the processes of one folder on one machine write it, those of another do not.

Keys, parties and accounts of a node lie in its folder. Processes of two folders would reduce the same record by
different parties, and sign by different keys. Each writing connection therefore holds a shared advisory lock that names
its home, and looks whether another one is held; the server lets go of it with the connection.
"""

from typing import Any

import psycopg

from entrepot.journal.port import JournalLocked

_KEEPALIVE = ("tcp_keepalives_idle = 30", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3")
"""A machine that is gone without a word is noticed by the server within a minute, and another may take over."""
_ROOM = "hashtext('entrepot home ' || current_schema())"
_OTHERS = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 "  # noqa: S608 - no value inside
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    f"AND classid::bigint = {_ROOM}::bigint & 4294967295 AND objid::bigint <> hashtext(%s)::bigint & 4294967295"
)


def keep_home(raw: "psycopg.Connection[Any]", home: str) -> None:
    """Hold the lock of ``home`` while ``raw`` is connected. Raises :class:`JournalLocked`, and disconnects, while a
    process of another home is connected: of two that come at once, one or both are refused, never none."""
    for each in _KEEPALIVE:
        raw.execute(f"SET {each}".encode())
    raw.execute(f"SELECT pg_advisory_lock_shared({_ROOM}, hashtext(%s))".encode(), (home,))
    others = raw.execute(_OTHERS.encode(), (home,)).fetchone()
    if others != (0,):
        raw.close()
        raise JournalLocked(
            "a node in another folder, or on another machine, writes this journal",
            remedy="Stop that one first. More processes of one node: entrepot serve --workers N, entrepot work.",
        )
