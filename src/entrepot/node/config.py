"""What a node is told from outside: its folder and a few settings, read once from the environment.

Every setting is listed in :data:`SETTINGS`, which the documentation prints.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from entrepot.base.error import UsageError
from entrepot.node.keysource import KeySource, key_source
from entrepot.node.scanner import Clamd, clamd_at

SETTINGS: dict[str, str] = {
    "ENTREPOT_DATA": "Folder of the node: journal, accounts, keys. Required.",
    "ENTREPOT_URL": "Public address of the node, https; peers and did:web resolvers use it.",
    "ENTREPOT_JOURNAL": "Where the journal lies: empty for DATA/journal.db, or a postgresql:// address; one of another "
    "machine needs sslmode=verify-full.",
    "ENTREPOT_ALLOW_LOOPBACK_HTTP": "1 allows http to 127.0.0.1 and [::1], for the demo and tests. Default 0.",
    "ENTREPOT_KEY_COMMAND": "Program, with arguments, that prints the key of ENTREPOT_KEY_FILE in its stead, as 64 "
    "hexadecimal digits or base64; no shell reads it. Not set by default.",
    "ENTREPOT_KEY_FILE": "File with the key that encrypts private keys. Default DATA/secret/kek.",
    "ENTREPOT_CONTEXTS": "File of JSON-LD contexts that documents may name beside those carried: JSON, URL to text.",
    "ENTREPOT_TSA": "File with the certificates (PEM or DER) of time-stamping authorities, or their roots, whose word "
    "on time counts here. None by default.",
    "ENTREPOT_TRACE": "1 lets the command line show where a fault of the program happened. Default 0.",
    "ENTREPOT_RATE_PER_MINUTE": "Requests a minute per token; peers and guests have a quarter. Default 1200.",
    "ENTREPOT_REMEMBERED_HOURS": "Hours for which a confirmed did:web document serves while its host is silent, "
    "1 to 8760. Default 168.",
    "ENTREPOT_STATUS_MAX_AGE_HOURS": "Hours before a verification in which a status list must have been made, 1 to "
    "87600. Not set by default: the answer of its host counts as current.",
    "ENTREPOT_COSIGN_SECONDS": "Seconds between the rounds in which peers are asked to cosign the newest tree head, "
    "1 to 86400. Default 60.",
    "ENTREPOT_UNCOSIGNED_HOURS": "Hours that a tree head may wait for a peer's cosignature before the health says so, "
    "1 to 8760. Default 24.",
    "ENTREPOT_DISK_FREE_MIB": "MiB that must stay free on the disk of the node's folder: with less the node takes "
    "nothing new, 1 to 1000000000. Default 256.",
    "ENTREPOT_TLS_CERTIFICATE": "File with the certificate of the TLS proxy (PEM), so that the operator is told when "
    "it ends. Not set by default.",
    "ENTREPOT_HOSTS": "Hosts that the node may ask, with all names below them, separated by commas. Any public host by "
    "default.",
    "ENTREPOT_SCANNER": "The clamd (ClamAV) of this machine that looks at every file before it is kept: "
    "unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310. None by default: no file is looked at.",
    "ENTREPOT_THREADS": "Requests that each web worker works on at once, 1 to 64. Default 8.",
    "ENTREPOT_WORKERS": "Web worker processes, 1 to 16; more than one needs PostgreSQL. Default 1.",
}
STATUS_AGE = "ENTREPOT_STATUS_MAX_AGE_HOURS"
BODY_BYTES_MAX = 5 << 20
"""Bytes of a request to the API."""
PEER_BYTES_MAX = 16 << 20
"""Bytes of a node's message: a record that the API takes whole arrives twice secured and twice in base64."""
UPLOAD_DOORS = ("/offers/new", "/message")
"""Pages that take photographs as a telephone makes them, or several files."""
UPLOAD_BYTES_MAX = 16 << 20
"""Bytes of a form that is sent to one of them."""
WORKERS_MAX = 16
LETTERS = "letters"
"""In the node's folder: the letters that it wrote, one file each."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LOCAL_HOST = "entrepot.localhost"
"""Host in the did:web of a node that serves this machine alone: did:web takes no addresses, and names under
``localhost`` lead to this machine (RFC 6761, 6.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one node."""

    data: Path
    url: str
    key: KeySource
    journal: str = ""
    allow_loopback_http: bool = False
    contexts: Path | None = None
    tsa: Path | None = None
    rate_per_minute: int = 1200
    threads: int = 8
    workers: int = 1
    remembered_hours: int = 168
    status_max_age_hours: int | None = None
    cosign_seconds: int = 60
    uncosigned_hours: int = 24
    disk_free_mib: int = 256
    tls_certificate: Path | None = None
    hosts: tuple[str, ...] = ()
    scanner: Clamd | None = None

    @property
    def host(self) -> str:
        """Host name of the public address."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_public(self) -> bool:
        """Whether the node has a public address: then a TLS proxy stands in front of it."""
        return self.url.startswith("https:")

    @property
    def did_host(self) -> str:
        """Host name in the did:web of this node's parties."""
        return LOCAL_HOST if self.host in LOOPBACK else self.host

    @property
    def port(self) -> int | None:
        """Port of the public address where it is not the scheme's own."""
        return urlsplit(self.url).port

    @property
    def is_shared(self) -> bool:
        """Whether several processes may write the journal: it lies in PostgreSQL."""
        return "://" in self.journal

    @property
    def journal_location(self) -> str | Path:
        """What the journal is opened with."""
        return self.journal or self.data


def read_config(environ: Mapping[str, str] = os.environ) -> Config:
    """The settings in ``environ``; raises :class:`UsageError` naming the setting that is wrong."""
    data = environ.get("ENTREPOT_DATA", "")
    if not data:
        raise UsageError("ENTREPOT_DATA is not set", remedy="Give the node's folder, for instance with --data.")
    allow = environ.get("ENTREPOT_ALLOW_LOOPBACK_HTTP", "0") == "1"
    url = environ.get("ENTREPOT_URL", "").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme == "http" and not (allow and parts.hostname in LOOPBACK):
        raise UsageError(
            f"ENTREPOT_URL must be https: {url}",
            remedy="For a trial on this machine set ENTREPOT_ALLOW_LOOPBACK_HTTP=1 and use 127.0.0.1.",
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"ENTREPOT_URL is not an address: {url!r}", remedy="Give https://your.host.")
    journal, workers = journal_address(environ), _number(environ, "ENTREPOT_WORKERS", 1, WORKERS_MAX)
    if workers > 1 and "://" not in journal:
        raise UsageError(
            f"{workers} workers cannot write one SQLite file",
            remedy="Keep the journal in PostgreSQL (ENTREPOT_JOURNAL=postgresql://...), or use one worker.",
        )
    return Config(
        data=Path(data).absolute(),
        url=url,
        key=key_source(Path(data).absolute(), environ),
        journal=journal,
        hosts=tuple(filter(None, environ.get("ENTREPOT_HOSTS", "").lower().replace(",", " ").split())),
        scanner=clamd_at(environ.get("ENTREPOT_SCANNER", "")),
        allow_loopback_http=allow,
        contexts=_file(environ, "ENTREPOT_CONTEXTS"),
        tls_certificate=_file(environ, "ENTREPOT_TLS_CERTIFICATE"),
        tsa=_file(environ, "ENTREPOT_TSA"),
        rate_per_minute=_number(environ, "ENTREPOT_RATE_PER_MINUTE", 1200, 1_000_000),
        threads=_number(environ, "ENTREPOT_THREADS", 8, 64),
        workers=workers,
        remembered_hours=_number(environ, "ENTREPOT_REMEMBERED_HOURS", 168, 8760),
        status_max_age_hours=_number(environ, STATUS_AGE, 1, 87_600) if environ.get(STATUS_AGE) else None,
        cosign_seconds=_number(environ, "ENTREPOT_COSIGN_SECONDS", 60, 86_400),
        uncosigned_hours=_number(environ, "ENTREPOT_UNCOSIGNED_HOURS", 24, 8760),
        disk_free_mib=_number(environ, "ENTREPOT_DISK_FREE_MIB", 256, 1_000_000_000),
    )


def journal_address(environ: Mapping[str, str]) -> str:
    """The database that the settings name, empty for a file below the node's folder. Its address is read as libpq reads
    it, with libpq's own variables. Raises :class:`UsageError` where it cannot be read, or where the database may be on
    another machine and nothing says that it is asked by TLS."""
    address = environ.get("ENTREPOT_JOURNAL", "")
    if "://" not in address:
        return address
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        said = conninfo_to_dict(address)
    except ProgrammingError:
        remedy = "Give postgresql://user@host/database."  # what libpq says of it may hold the password
        raise UsageError("ENTREPOT_JOURNAL is no address of a PostgreSQL database", remedy=remedy) from None
    hosts = [*str(said.get("host") or environ.get("PGHOST", "")).split(","), *str(said.get("hostaddr", "")).split(",")]
    is_near = all(not each or each in LOOPBACK or each.startswith(("/", "@")) for each in hosts)
    is_named = not any((said.get("service"), environ.get("PGSERVICE"), environ.get("PGHOSTADDR")))
    if not (is_near and is_named) and said.get("sslmode") != "verify-full":
        raise UsageError(
            "ENTREPOT_JOURNAL may be on another machine, and its address does not ask for TLS",
            remedy="Add sslmode=verify-full to the address, and sslrootcert where the root is your own.",
        )
    return address


def _file(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]) if environ.get(name) else None


def _number(environ: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= most):
        raise UsageError(f"{name} is not a number from 1 to {most}: {text[:40]!r}")
    return int(text)


def bytes_max(path: str) -> int:
    """Bytes that a request to ``path`` may hold."""
    if path.startswith("/peer/"):
        return PEER_BYTES_MAX
    return UPLOAD_BYTES_MAX if path.endswith(UPLOAD_DOORS) else BODY_BYTES_MAX
