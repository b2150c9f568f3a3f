"""Making a folder ready at each start: secrets, accounts, operator's token. An older one is refused, see migration."""

import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from entrepot.journal.journal import database_at
from entrepot.journal.port import JournalTooOld, JournalUnavailable
from entrepot.node.config import Config, read_config
from entrepot.node.custody import open_keys
from entrepot.node.error import AccountsTooOld
from entrepot.node.migration import (
    Stand,
    accounts_stand,
    failed,
    journal_stand,
    migrate_accounts,
    set_up_django,
)
from entrepot.node.page.catalogue import compile_into
from entrepot.node.sealed import keep, secret_in
from entrepot.node.start import is_first_start
from entrepot.party.keystore import write_durably

OPERATOR_TOKEN, SESSIONS = Path("secret") / "operator-token", Path("secret") / "django"
ADDRESS = "address"
"""File in the node's folder with the address at which commands of this machine reach the running node."""
URL = "url"
"""File in the node's folder with the address under which its peers know it, for the processes beside the server."""
ACTS_KEPT = timedelta(days=30)


def prepare(config: Config) -> None:
    """Make the folder ready: safe to call at every start; what is there stays.

    The operator's token is left in ``DATA/secret/operator-token`` (0600) and nowhere else, sealed where a program
    hands over the key-encryption key. Raises
    :class:`~entrepot.party.error.KeyStoreError`, :class:`~entrepot.journal.port.JournalTooNew`, ``JournalTooOld``,
    ``JournalMissing``, ``OtherLog``, ``AccountsTooNew``, :class:`AccountsTooOld`, ``AccountsFailed``.
    """
    (config.data / "secret").mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_journal(config)
    _keep(config, SESSIONS, secrets.token_bytes(32))
    write_durably(config.data / URL, f"{config.url}\n".encode("ascii"), replace=True)
    compile_into(config.data / "locale")
    set_up_django()
    from django.db import DatabaseError, connections

    try:
        _accounts(config)
    except DatabaseError as wrong:
        raise failed(config, wrong) from wrong
    finally:
        connections.close_all()


def _check_journal(config: Config) -> None:
    """Refuse missing keys, and a journal that is lost, of another version or node, here: whoever starts the node reads
    it. A database server that does not answer yet is the worker's to wait for."""
    keys = open_keys(config.data, config.key, entropy=secrets.token_bytes, now=datetime.now(UTC))
    if config.is_shared:
        _require_home(config, keys.home)
    if is_first_start(config.data):
        return
    try:
        stand = journal_stand(config, keys)
    except JournalUnavailable:
        return
    if stand.steps:
        raise JournalTooOld(_too_old(stand), remedy=_MIGRATE.format(config.data))


def _require_home(config: Config, home: str) -> None:
    """Raise ``JournalLocked`` where a node in another folder, or on another machine, writes the journal."""
    database = database_at(config.journal_location)
    with suppress(JournalUnavailable):
        database.writer(make=False, home=home)
    database.close()


def _accounts(config: Config) -> None:
    """Refuse accounts of another version; those of a node that starts for the first time, or lost them, are made."""
    from django.utils import timezone

    from entrepot.node.access.models import Act
    from entrepot.node.account.models import Session

    stand = accounts_stand(config)
    if stand.steps and stand.found and not is_first_start(config.data):
        raise AccountsTooOld(_too_old(stand), remedy=_MIGRATE.format(config.data))
    if stand.steps:
        migrate_accounts(config)
    Act.objects.filter(done__lt=timezone.now() - ACTS_KEPT).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    _operator_token(config)


_MIGRATE = "Run: entrepot migrate --data {}"


def _too_old(stand: Stand) -> str:
    return f"{stand.database}: what is there has version {stand.found}, this program writes {stand.known}"


def _operator_token(config: Config) -> None:
    from django.utils import timezone

    from entrepot.node.access.bearer import digest_of
    from entrepot.node.access.models import Role, Token

    path = config.data / OPERATOR_TOKEN
    _keep(config, OPERATOR_TOKEN, f"entrepot_{secrets.token_hex(32)}".encode())
    Token.objects.get_or_create(
        digest=digest_of(secret_in(path, config.key.lock).decode("ascii").strip()),
        defaults={"role": Role.OPERATOR, "label": "first operator", "created": timezone.now()},
    )


def _keep(config: Config, name: Path, secret: bytes) -> None:
    keep(config.data / name, secret, lock=config.key.lock() if config.key.command else None)


def prepare_from_environment() -> Config:
    """Prepare the folder that the settings name; the settings themselves."""
    config = read_config()
    prepare(config)
    return config


def load_ahead() -> None:
    """Import what a worker needs, in the supervisor: workers are forked from it, and one that died is back sooner."""
    import entrepot.node.urls
    import entrepot.node.watch  # noqa: F401 - loaded for those that are forked
