"""Django's settings for a node. Accounts, tokens and drafts live in DATA/node.db; records never do."""

import hashlib

from entrepot.node.config import LOCAL_HOST, LOOPBACK, PEER_BYTES_MAX, read_config

CONFIG = read_config()
_secret_file = CONFIG.data / "secret" / "django"
SECRET_KEY = hashlib.sha256(_secret_file.read_bytes()).hexdigest()
DEBUG = False
ALLOWED_HOSTS = [CONFIG.host] if CONFIG.host not in LOOPBACK else ["127.0.0.1", "localhost", "[::1]", LOCAL_HOST]
ROOT_URLCONF = "entrepot.node.urls"
INSTALLED_APPS = ["entrepot.node.access"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "entrepot.node.guard.Guard",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(CONFIG.data / "node.db"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = PEER_BYTES_MAX  # the guard sets narrower limits per door
_https = CONFIG.is_public
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None  # the node listens to its proxy alone
SECURE_SSL_REDIRECT = False  # the proxy in front speaks TLS; see docs/how-to/run-a-node.md
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W003",  # no cookie carries authority in the API: every call names its token
    "security.W008",  # TLS ends at the proxy
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "entrepot.node.logline.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"entrepot": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
