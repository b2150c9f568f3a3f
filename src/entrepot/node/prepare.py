"""The first run of a folder, and moving an older one forward: secrets, accounts database, operator's token."""

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from entrepot.journal.core import check_version, require_log, require_tables
from entrepot.journal.journal import database_at
from entrepot.journal.port import JournalUnavailable
from entrepot.node.config import Config, read_config
from entrepot.node.custody import open_keys
from entrepot.node.error import AccountsFailed, AccountsTooNew
from entrepot.node.page.catalogue import compile_into
from entrepot.node.start import is_first_start

OPERATOR_TOKEN = Path("secret") / "operator-token"


ADDRESS = "address"
"""File in the node's folder with the address at which commands of this machine reach the running node."""
ACTS_KEPT = timedelta(days=30)


def prepare(config: Config) -> None:
    """Make the folder ready: safe to call at every start; what is there stays.

    The operator's token is left in ``DATA/secret/operator-token`` (0600) and nowhere else. Raises
    :class:`~entrepot.party.error.KeyStoreError`, :class:`~entrepot.journal.port.JournalTooNew`, ``JournalMissing``,
    ``OtherLog``, :class:`AccountsTooNew`, :class:`AccountsFailed`.
    """
    secret = config.data / "secret"
    secret.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_journal(config)
    _write_once(secret / "django", secrets.token_bytes(32))
    compile_into(config.data / "locale")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.node.settings")
    import django
    from django.db import DatabaseError, connections

    django.setup()
    try:
        _accounts(config)
    except DatabaseError as wrong:
        raise AccountsFailed(f"{config.data / 'node.db'}: {wrong}", remedy="Make room, or restore the file.") from wrong
    finally:
        connections.close_all()


def _check_journal(config: Config) -> None:
    """Refuse missing keys, and a journal that is lost, of another version or node, here: whoever starts the node reads
    it. A database server that does not answer yet is the worker's to wait for."""
    keys = open_keys(config.data, config.key_file, entropy=secrets.token_bytes, now=datetime.now(UTC))
    if is_first_start(config.data):
        return
    try:
        reader = database_at(config.journal_location).reader()
    except JournalUnavailable:
        return
    try:
        require_tables(reader)
        check_version(reader)
        require_log(reader, keys.node.did)
    finally:
        reader.close()


def _accounts(config: Config) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.utils import timezone

    from entrepot.node.access.models import Act

    loader = MigrationLoader(connection)
    newer = sorted(name for app, name in set(loader.applied_migrations) - set(loader.disk_migrations))
    if newer:
        raise AccountsTooNew(
            f"{config.data / 'node.db'} was written by a newer program ({newer[-1]})",
            remedy="Install a newer Entrepot.",
        )
    call_command("migrate", verbosity=0, interactive=False)
    Act.objects.filter(done__lt=timezone.now() - ACTS_KEPT).delete()
    _operator_token(config)


def _operator_token(config: Config) -> None:
    from django.utils import timezone

    from entrepot.node.access.bearer import digest_of
    from entrepot.node.access.models import Role, Token

    path = config.data / OPERATOR_TOKEN
    _write_once(path, f"entrepot_{secrets.token_hex(32)}".encode())
    Token.objects.get_or_create(
        digest=digest_of(path.read_text("ascii").strip()),
        defaults={"role": Role.OPERATOR, "label": "first operator", "created": timezone.now()},
    )


def _write_once(path: Path, content: bytes) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def prepare_from_environment() -> Config:
    """Prepare the folder that the settings name; the settings themselves."""
    config = read_config()
    prepare(config)
    return config


def load_ahead() -> None:
    """Import what a worker needs, in the supervisor: workers are forked from it, and one that died is back sooner."""
    import entrepot.node.urls
    import entrepot.node.watch  # noqa: F401 - loaded for those that are forked
