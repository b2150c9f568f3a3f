"""What the node refuses is logged, so that an attack is seen: who, which door, why; at most a few lines a minute each.

A guest is named by a keyed digest of the address: the same guest is known again, and nobody is named.
"""

import hashlib
import hmac
import logging

from django.conf import settings
from django.http import HttpRequest

from entrepot.node.bucket import Buckets

log = logging.getLogger("entrepot.security")
REFUSED = {400: "not well formed", 401: "no valid token", 403: "not allowed", 413: "too large", 429: "too many"}
"""Status -> what the log calls it. 404 is there for strangers too, and tells nothing."""
LINES_SHARE = 0.01
"""Of the rate of requests: how many such lines of one guest a minute are written, twelve by default."""


def note_refusal(request: HttpRequest, status: int, address: str, lines: Buckets) -> None:
    """Log that a request was refused, where ``status`` says so."""
    if status not in REFUSED:
        return
    guest = hmac.new(settings.SECRET_KEY.encode(), address.encode("utf-8", "surrogatepass"), hashlib.sha256)
    who = guest.hexdigest()[:12]
    if lines.wait_s(f"refusal/{who}", LINES_SHARE):
        return
    token = getattr(request, "entrepot_token", None)
    acting = getattr(request, "entrepot_acting", None)
    by = f"token {token.pk}" if token else f"person {acting.person.pk}" if acting else "nobody"
    log.warning("refused: %s, %s %s, by %s, from %s", REFUSED[status], request.method, request.path, by, who)
