"""What of a node ends some day: the certificate of its proxy, tokens, and the lists of whom it trusts."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from entrepot.base.error import UsageError
from entrepot.node.condition.figures import Ending
from entrepot.node.config import Config
from entrepot.node.error import AccountsFailed
from entrepot.node.migration import ACCOUNTS_NAME
from entrepot.party.anchor import Anchors

CERTIFICATE, TOKEN, LIST, ANCHOR = "certificate", "token", "anchor-list", "anchor"


def endings(config: Config, anchors: Anchors | None) -> tuple[Ending, ...]:
    """All of it, the first to end first. Raises :class:`UsageError` for a file that is no certificate, and
    :class:`AccountsFailed`."""
    found = (*_certificate(config.tls_certificate), *_tokens(config.data / ACCOUNTS_NAME), *_trusted(anchors))
    return tuple(sorted(found, key=lambda each: (each.until, each.what, each.name)))


def _certificate(file: Path | None) -> Iterator[Ending]:
    if file is None:
        return
    try:
        found = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as wrong:
        raise UsageError(
            f"{file} is no certificate that can be read", remedy="Name a PEM file with ENTREPOT_TLS_CERTIFICATE."
        ) from wrong
    yield Ending(what=CERTIFICATE, name=found.subject.rfc4514_string(), until=found.not_valid_after_utc)


def _tokens(accounts: Path) -> Iterator[Ending]:
    """Read beside Django, so that a node that is down can be looked at too."""
    asked = "SELECT label, role, expires FROM access_token WHERE revoked IS NULL AND expires IS NOT NULL"
    try:
        with closing(sqlite3.connect(f"{accounts.absolute().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute(asked).fetchall()
    except sqlite3.Error as wrong:
        raise AccountsFailed(f"{accounts}: {wrong}", remedy="Restore the file.") from wrong
    for label, role, expires in rows:
        yield Ending(what=TOKEN, name=f"{label} ({role})", until=datetime.fromisoformat(expires).replace(tzinfo=UTC))


def _trusted(anchors: Anchors | None) -> Iterator[Ending]:
    for each in anchors.lists if anchors is not None else ():
        if each.next_update is not None:
            yield Ending(what=LIST, name=f"{each.economy} {each.sequence}", until=each.next_update)
        for anchor in each.anchors:
            if anchor.until is not None and not anchor.withdrawn:
                yield Ending(what=ANCHOR, name=f"{anchor.name} ({anchor.role}, {each.economy})", until=anchor.until)
