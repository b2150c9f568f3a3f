"""From an ``Authorization`` header to a token in force."""

import hashlib

from django.http import HttpRequest
from django.utils import timezone

from entrepot.node.access.models import Token

_PREFIX = "bearer "
_BY_DIGEST = "SELECT * FROM access_token WHERE digest = %s"
"""Asked at every request of a program: putting these words together each time took longer than the answer."""


def digest_of(secret: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def token_of(request: HttpRequest) -> Token | None:
    """The token in force that the request presents (RFC 6750, 2.1); None for none, an unknown, expired or revoked one.

    It is looked up once per request: the rate limit and the API ask for it.
    """
    if not hasattr(request, "entrepot_token"):
        request.entrepot_token = _found(request)  # type: ignore[attr-defined]
    found: Token | None = request.entrepot_token  # type: ignore[attr-defined]
    return found


def _found(request: HttpRequest) -> Token | None:
    header = request.headers.get("Authorization", "")
    if header[: len(_PREFIX)].lower() != _PREFIX:
        return None
    return token_with(header[len(_PREFIX) :].strip())


def token_with(secret: str) -> Token | None:
    """The token in force that has this secret; None for an unknown, expired or revoked one."""
    found = next(iter(Token.objects.raw(_BY_DIGEST, [digest_of(secret)])), None)
    if found is None or found.revoked is not None or (found.expires is not None and found.expires <= timezone.now()):
        return None
    return found
