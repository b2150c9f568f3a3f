"""A server that ends connections: what was under way is told to be unavailable, and asking again works."""

import psycopg
import pytest

from entrepot.journal import Writer, WriterSettings
from entrepot.journal.port import Idempotency, JournalUnavailable, Outcome


def end_all(kit):
    """End every connection to the schema of ``kit`` but this one, as an administrator or a crash would."""
    with psycopg.connect(kit.location, autocommit=True) as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND application_name = %s",
            (kit.location.rpartition("application_name=")[2],),
        ).fetchall()
    assert ended
    assert all(done for (done,) in ended)


@pytest.fixture
def named(large):
    """Connections that can be told from those of the tests beside this one."""
    large.location += f"&application_name={large.location.rpartition('%3D')[2]}"
    return large


def test_between_two_appends_nobody_notices(named):
    journal = named.open()
    journal.append(named.item(1))
    assert len(journal.entries()) == 1
    end_all(named)
    assert journal.append(named.item(2)).outcome is Outcome.APPENDED
    end_all(named)
    assert [each.seq for each in journal.entries()] == [1, 2]
    with journal.reading() as db:
        assert db.row("SHOW transaction_read_only") == ("on",), "a connection that is made anew reads only"
    with journal.transaction() as db:
        assert db.row("SHOW synchronous_commit") == ("on",)
    assert journal.verify(named.check) == ()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_inside_a_transaction_nothing_is_kept_and_asking_again_works(named, moment):
    journal = named.open()
    with pytest.raises(JournalUnavailable) as told, journal.transaction():
        if moment == "after":
            journal.append(named.item(1))
        end_all(named)
        journal.append(named.item(2))
    assert told.value.error_code == "journal-unavailable"
    assert told.value.remedy
    assert not journal.broken
    assert journal.entries() == ()
    assert journal.append(named.item(1)).outcome is Outcome.APPENDED
    assert journal.verify(named.check) == ()


class Commits:
    """The writing connection, whose next commit is lost: before the server hears of it, or with its answer."""

    def __init__(self, kit, db, *, arrives):
        self._kit, self._db, self._arrives, self.lost = kit, db, arrives, 0

    def __getattr__(self, name):
        return getattr(self._db, name)

    def commit(self):
        if not self.lost:
            self.lost += 1
            if self._arrives:
                self._db.raw.execute("COMMIT")
            end_all(self._kit)
        self._db.commit()


@pytest.mark.parametrize("arrives", [False, True])
def test_a_commit_whose_answer_is_lost_has_one_effect_when_it_is_asked_again(named, arrives):
    journal = named.open()
    journal._writer = Commits(named, journal._writer, arrives=arrives)
    key = Idempotency(scope="s", key="k", digest="d")
    item = named.item(1, postings={"a": 1}, idempotency=key)
    with pytest.raises(JournalUnavailable):
        journal.append(item)
    again = journal.append(item)
    assert again.outcome is (Outcome.REPLAYED if arrives else Outcome.APPENDED)
    assert (again.seq, journal.view("ledger").balance("a")) == (1, 1)
    assert journal.verify(named.check) == ()


def test_the_writer_goes_on(named):
    journal = named.open()
    with Writer(journal, WriterSettings(tick_s=0.01, seal_ms=1)) as writer:
        writer.submit(named.item(1)).result(20)
        end_all(named)
        writer.submit(named.item(2)).result(20)
        with pytest.raises(JournalUnavailable):
            writer.submit(lambda made: [made.append(named.item(3)), end_all(named), made.append(named.item(4))]).result(
                20
            )
        writer.submit(named.item(3)).result(20)
    assert writer.trouble is None
    assert len(journal.entries()) == 3
    assert journal.verify(named.check) == ()


def test_a_server_that_is_away_is_told_as_such(large):
    with pytest.raises(JournalUnavailable, match="cannot be reached"):
        type(large)("postgresql://entrepot@127.0.0.1:9/none", "postgresql").open()
