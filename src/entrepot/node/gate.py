"""Between the server and Django: a request waits outside until it is whole, so that slow senders hold no thread.

Standard interfaces: RSGI 1.5 towards the server, WSGI (PEP 3333) towards Django.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from entrepot.node.config import bytes_max

BODY_S, BODY_BYTES_PER_S = 30.0, 32 << 10
"""Seconds in which a request must have arrived, and what may come in each further one: a photograph comes over a
telephone's line, too."""
BUFFER_BYTES_MAX = 256 << 20
"""Bytes of requests that may be arriving at once; beyond it new ones are told to come back."""
WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Answer = tuple[int, list[tuple[str, str]], bytes]
_PLAIN = [("content-type", "application/problem+json"), ("cache-control", "no-store"), ("connection", "close")]


class _Refused(Exception):
    def __init__(self, status: int, code: str, title: str) -> None:
        self.answer: Answer = (
            status,
            [*_PLAIN, ("retry-after", "5")] if status == 503 else _PLAIN,
            f'{{"type": "urn:entrepot:problem:{code}", "title": "{title}", "status": {status}, "code": "{code}", '
            '"detail": "", "findings": []}'.encode("ascii"),
        )


class Gate:
    """An RSGI application that runs a WSGI application on ``threads`` threads."""

    def __init__(self, application: WsgiApplication, threads: int) -> None:
        self._application = application
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._arriving = 0

    def close(self) -> None:
        """Wait for the requests that threads have taken; take no more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            return
        try:
            body = None if _is_too_large(scope) else await self._body(scope, protocol)
            work = asyncio.get_running_loop().run_in_executor(self._pool, self._answer, _environ(scope), body)
            status, headers, content = await work
        except _Refused as refused:
            status, headers, content = refused.answer
        except RuntimeError:  # the pool takes nothing more: the node stops
            status, headers, content = _Refused(503, "not-running", "The node is stopping").answer
        protocol.response_bytes(status, headers, content)

    async def _body(self, scope: Any, protocol: Any) -> bytes:
        most, stated = bytes_max(scope.path), int(scope.headers.get("content-length") or "0")
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_S + stated / BODY_BYTES_PER_S):
                async for piece in protocol:
                    if self._arriving > BUFFER_BYTES_MAX:
                        raise _Refused(503, "busy", "Too much arrives at once")
                    self._arriving += len(piece)
                    body += piece
                    if len(body) > most:
                        raise _Refused(413, "too-large", "The request is too large")
        except TimeoutError:
            raise _Refused(408, "too-slow", "The request did not arrive in time") from None
        finally:
            self._arriving -= len(body)
        return bytes(body)

    def _answer(self, environ: dict[str, Any], body: bytes | None) -> Answer:
        """What the application answers; without ``body`` it says, by the stated length, that it is too large."""
        environ |= {"wsgi.input": io.BytesIO(body or b"")}
        environ |= {} if body is None else {"CONTENT_LENGTH": str(len(body))}
        told: list[Any] = []
        answer = self._application(environ, lambda status, headers, *_: told.extend((status, headers)))
        try:
            content = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        return int(told[0][:3]), [(name.lower(), value) for name, value in told[1]], content


def _is_too_large(scope: Any) -> bool:
    stated = scope.headers.get("content-length") or "0"
    return not (stated.isascii() and stated.isdigit()) or int(stated) > bytes_max(scope.path)


def _environ(scope: Any) -> dict[str, Any]:
    """The WSGI environment of a request, without its body (PEP 3333)."""
    host, _, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.0" if scope.http_version == "1" else f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name in scope.headers.keys():  # noqa: SIM118 - not a mapping of Python's own
        value = (";" if name == "cookie" else ",").join(scope.headers.get_all(name))  # RFC 9113, 8.2.3
        key = name.upper().replace("-", "_")
        if "_" not in name:  # two spellings of one name would let a caller pass for its proxy
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    environ.setdefault("HTTP_HOST", scope.authority or "")
    return environ
