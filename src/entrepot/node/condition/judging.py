"""What an operator should do something about, of a node's condition."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from entrepot.base.finding import Finding, Severity
from entrepot.base.moment import format_moment
from entrepot.node.condition.figures import Condition

SOURCE = "docs/how-to/run-a-node.md"
STUCK = timedelta(hours=1)
"""A message that is due for longer waits for a peer that does not answer."""
UNSENT = timedelta(hours=1)
SOON = timedelta(days=30)
"""What ends within that time is told beforehand."""
BACKUP_OLD = timedelta(days=2)
WAL_SAFE = (3, 51, 3)
"""The first release of SQLite without the fault in resetting a write-ahead log."""


def judged(found: Condition, uncosigned: timedelta) -> tuple[Finding, ...]:
    """All of it. ``uncosigned``: how long a head may wait for a peer."""
    return (
        *found.room.findings,
        *_queues(found),
        *_suspects(found),
        *_endings(found),
        *_copies(found),
        *_cosigned(found, uncosigned),
        *_libraries(found),
        *_scanner(found),
    )


def _queues(found: Condition) -> Iterator[Finding]:
    lines = {each.name: each for each in found.queues}
    for each in found.peers:
        if each.due.since is not None and found.at - each.due.since > STUCK:
            yield _finding(
                "ENT-CORE-OPERATOR-01",
                "{count} messages wait for {peer}, the oldest since {since}.",
                {"count": str(each.due.count), "peer": each.url or each.node, "since": format_moment(each.due.since)},
                "Ask its operator; block it where it will not come back.",
            )
    if lines["undeliverable"].count:
        yield _finding(
            "ENT-CORE-OPERATOR-02",
            "{count} messages were given up or refused.",
            {"count": str(lines["undeliverable"].count)},
            "See GET /api/v1/operator/undeliverable for the reasons, mend them, and put the messages back.",
        )
    letters = lines["letters"]
    if letters.since is not None and found.at - letters.since > UNSENT:
        yield _finding(
            "ENT-CORE-OPERATOR-03",
            "{count} letters lie in the folder, the oldest since {since}: nothing sends them on.",
            {"count": str(letters.count), "since": format_moment(letters.since)},
            "Let a mail program send what lies in DATA/letters, and remove what it sent.",
        )


def _suspects(found: Condition) -> Iterator[Finding]:
    for peer in found.suspects:
        yield _finding(
            "ENT-CORE-OPERATOR-04",
            "{peer} contradicts itself: it has shown two pasts of its log.",
            {"peer": peer},
            "Keep the evidence (GET /api/v1/operator/heads/suspect), tell its operator, and block it meanwhile.",
        )


def _endings(found: Condition) -> Iterator[Finding]:
    for each in found.endings:
        params = {"what": each.what, "name": each.name, "until": format_moment(each.until)}
        if each.until <= found.at:
            yield _finding(
                "ENT-CORE-OPERATOR-05",
                "The {what} {name} ended on {until}.",
                params,
                "Put a new one in its place, or take it away where nobody needs it.",
            )
        elif each.until - found.at <= SOON:
            yield _finding(
                "ENT-CORE-OPERATOR-10", "The {what} {name} ends on {until}.", params, "Have a new one ready before."
            )


def _copies(found: Condition) -> Iterator[Finding]:
    if found.migrations:
        yield _finding(
            "ENT-CORE-OPERATOR-06",
            "The databases are older than the program: {steps}.",
            {"steps": ", ".join(found.migrations)},
            "Stop the node, and run entrepot migrate.",
        )
    if found.backup is None or found.at - found.backup > BACKUP_OLD:
        yield _finding(
            "ENT-CORE-OPERATOR-07",
            "The last backup was made: {when}.",
            {"when": "never, as far as is known here" if found.backup is None else format_moment(found.backup)},
            "Run entrepot journal backup every day, and keep the copies on another machine.",
        )


def _cosigned(found: Condition, most: timedelta) -> Iterator[Finding]:
    since: datetime | None = found.cosigned.since
    if since is not None and found.at - since > most:
        yield _finding(
            "ENT-CORE-OPERATOR-08",
            "No peer has cosigned what was sealed since {since}.",
            {"since": format_moment(since)},
            "See entrepot journal cosignatures: a peer must be admitted and answer.",
        )


def _libraries(found: Condition) -> Iterator[Finding]:
    """Only the journal keeps a write-ahead log; the accounts do without (ADR 0023)."""
    for each in found.libraries:
        if each.name == "SQLite" and is_faulty(each.version):
            in_journal = each.database == "journal"
            told = _finding(
                "ENT-CORE-OPERATOR-09",
                "SQLite {version}, which keeps the {database}, can lose a write when two connections reset a "
                "write-ahead log at once.",
                {"version": each.version, "database": each.database},
                "Install SQLite 3.51.3 or newer (for the journal: a newer apsw). The accounts keep no such log.",
            )
            yield told if in_journal else replace(told, severity=Severity.NOTE)


def is_faulty(version: str) -> bool:
    """Whether that release of SQLite has the fault; one that cannot be read is taken to have it."""
    numbers = version.split(".")
    return not all(each.isdigit() for each in numbers) or tuple(map(int, numbers)) < WAL_SAFE


def _scanner(found: Condition) -> Iterator[Finding]:
    if found.scanner is not None and found.scanner.trouble:
        yield _finding(
            "ENT-CORE-OPERATOR-11",
            "Nothing that brings a file is taken: {why}.",
            {"why": found.scanner.trouble},
            "Start clamd, or see to ENTREPOT_SCANNER; what was refused can be sent again, as peers do by themselves.",
        )


def _finding(id: str, message: str, params: dict[str, str], remedy: str) -> Finding:  # noqa: A002 - a finding's word
    return Finding(
        id=id, severity=Severity.WARNING, path="$", message=message, params=params, source=SOURCE, remedy=remedy
    )
