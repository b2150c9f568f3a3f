"""Django's settings for a node. Accounts, tokens and drafts live in DATA/node.db; records never do."""

import hashlib

from entrepot.node.config import LETTERS, LOCAL_HOST, LOOPBACK, PEER_BYTES_MAX, UPLOAD_BYTES_MAX, read_config
from entrepot.node.page.language import LANGUAGES as PAGE_LANGUAGES
from entrepot.node.sealed import secret_in

CONFIG = read_config()
SECRET_KEY = hashlib.sha256(secret_in(CONFIG.data / "secret" / "django", CONFIG.key.lock)).hexdigest()
DEBUG = False
ALLOWED_HOSTS = [CONFIG.host] if CONFIG.host not in LOOPBACK else ["127.0.0.1", "localhost", "[::1]", LOCAL_HOST]
ROOT_URLCONF = "entrepot.node.urls"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "entrepot.node.access",
    "entrepot.node.account",
    "entrepot.node.notice",
    "entrepot.node.upload",
    "entrepot.node.page",
]
AUTH_USER_MODEL = "account.Person"
PASSWORD_HASHERS = ["entrepot.node.account.hashing.Argon2idHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "entrepot.node.account.context.ContextValidator", "OPTIONS": {"host": CONFIG.host}},
]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(CONFIG.data / LETTERS)
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "entrepot.node.guard.Guard",
    "entrepot.node.page.language.Languages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [], "libraries": {"reading": "entrepot.node.page.reading"}},
    }
]
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BYTES_MAX  # nothing that is uploaded touches the disk
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(CONFIG.data / "node.db"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": (
                # No write-ahead log: several processes write, and releases of SQLite in use have a fault there.
                "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [(each.code, each.name) for each in PAGE_LANGUAGES]
LOCALE_PATHS = [str(CONFIG.data / "locale")]
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = PEER_BYTES_MAX  # the guard sets narrower limits per door
_https = CONFIG.is_public
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None  # the node listens to its proxy alone
SECURE_SSL_REDIRECT = False  # the proxy in front speaks TLS; see docs/how-to/run-a-node.md
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # under no-referrer a form is sent with "Origin: null" and refused as forged
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
# Browsers send a cookie to every port of a host: two nodes of one machine must not take each other's.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    ("__Host-session", "__Host-form") if _https else (f"session-{CONFIG.port}", f"form-{CONFIG.port}")
)
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "entrepot.node.page.kept.outdated"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "entrepot.node.account.sessions"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
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
