"""What every request passes: a size limit, a rate limit, headers, and errors as problem documents."""

import logging
import threading
from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from entrepot.node.problem import problem

log = logging.getLogger("entrepot.request")
BODY_BYTES_MAX = 5 << 20


class Buckets:
    """Token buckets by caller, in memory: a restart forgives, which a rate limit may."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._level: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait_s(self, caller: str, share: float = 1.0) -> float:
        """0 when ``caller`` may go on (and one request is counted), else seconds until it may."""
        size = max(self._per_minute * share, 1.0)
        with self._lock:
            now = self._clock()
            if len(self._level) > 10_000:
                self._level.clear()
            level, then = self._level.get(caller, (size, now))
            level = min(size, level + (now - then) * size / 60)
            self._level[caller] = (max(level - 1, 0.0) if level >= 1 else level, now)
            return 0.0 if level >= 1 else (1 - level) * 60 / size


class Guard:
    """The outermost middleware of our own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._next = get_response
        self._buckets = Buckets(settings.CONFIG.rate_per_minute)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._refusal(request) or self._next(request)
        if response.status_code in (404, 405) and not response.get("Content-Type", "").endswith("+json"):
            response = problem(response.status_code, "not-found" if response.status_code == 404 else "method")
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > BODY_BYTES_MAX:
            return problem(413, "too-large", detail=f"At most {BODY_BYTES_MAX} bytes are accepted.")
        bearer = request.headers.get("Authorization", "")
        caller = bearer or request.META.get("REMOTE_ADDR", "")
        wait = self._buckets.wait_s(caller, 1.0 if bearer else 0.25)
        if wait:
            answer = problem(429, "rate-limit", detail="Too many requests.")
            answer["Retry-After"] = str(int(wait) + 1)
            return answer
        return None

    def process_exception(self, request: HttpRequest, wrong: Exception) -> HttpResponse:
        """Whatever was not expected: logged here, and told to the caller without its inside."""
        log.error("unexpected error at %s %s", request.method, request.path, exc_info=wrong)
        return problem(500, "internal", detail="The node failed; its operator finds the reason in the log.")
