"""The first run of a folder, and moving an older one forward: secrets, accounts database, operator's token."""

import os
import secrets
from pathlib import Path

from entrepot.node.config import Config, read_config

OPERATOR_TOKEN = Path("secret") / "operator-token"


def prepare(config: Config) -> None:
    """Make the folder ready: safe to call at every start; what is there stays.

    The operator's token is left in ``DATA/secret/operator-token`` (0600) and nowhere else.
    """
    secret = config.data / "secret"
    secret.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_once(secret / "django", secrets.token_bytes(32))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.node.settings")
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    _operator_token(config)
    connections.close_all()


def _operator_token(config: Config) -> None:
    from django.utils import timezone

    from entrepot.node.access.models import Role, Token
    from entrepot.node.api.auth import digest_of

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
