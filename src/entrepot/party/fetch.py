"""The one guarded fetcher: for DID documents named by strangers, and, under other limits, for peers.

The name is looked up once, every answer is checked, and the connection goes to a checked address, while the
certificate is still checked against the name. No redirect is followed, no proxy and no netrc of the environment is
used, one deadline covers everything from look-up to last byte, and bodies are neither unpacked nor read beyond the
limit.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from entrepot.base.error import UsageError
from entrepot.party.address import is_loopback, is_public
from entrepot.party.error import FetchError

if TYPE_CHECKING:
    import httpcore

Lookup = Callable[[str, int], list[str]]
"""The addresses of a host name (and port), as text; raises ``OSError`` where it has none."""
_PIECE_BYTES = 1 << 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one exchange: bytes of the answer, seconds from look-up to last byte, ports that may be asked."""

    bytes_max: int = 256 * 1024
    seconds_max: float = 5.0
    ports: tuple[int, ...] = (443,)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, headers by lower-case name (of several, the last), body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def system_lookup(host: str, port: int) -> list[str]:
    """The addresses that the operating system's resolver gives."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Fetcher:
    """Fetches under ``limits``. ``loopback`` (demo and tests only) allows this machine, with http and any port.
    ``hosts``: those that may be asked, with the names below them; all public ones where there are none."""

    def __init__(
        self,
        *,
        limits: Limits = Limits(),
        loopback: bool = False,
        lookup: Lookup = system_lookup,
        tls: ssl.SSLContext | None = None,
        hosts: tuple[str, ...] = (),
    ) -> None:
        self._limits = limits
        self._loopback = loopback
        self._lookup = lookup
        self._tls = tls
        self._hosts = hosts

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """What ``url`` answers. Raises :class:`FetchError`: refused, too large, too slow, or failed."""
        return self._exchange("GET", url, headers or {}, None)

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """What ``url`` answers to ``body``. Raises :class:`FetchError`."""
        return self._exchange("POST", url, headers or {}, body)

    def document(self, url: str) -> bytes:
        """The body of a plain 200 answer: what a DID resolver needs. Raises :class:`FetchError` for all others.

        Where ``loopback`` is allowed, the name ``localhost`` is asked over http: nodes of a demo have no certificate.
        """
        if self._loopback and urlsplit(url).hostname == "localhost":
            url = "http" + url.removeprefix("https")
        answer = self.get(url, {"Accept": "application/did+json, application/json"})
        if answer.status != 200:
            raise FetchError(f"it answers {answer.status}", code="fetch-status")
        return answer.body

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        import httpcore

        deadline = _Deadline(self._limits.seconds_max)
        parts = self._checked(url)
        host, port = str(parts.hostname), _port(parts)
        backend = _pinned(self._addresses(host, port, parts.scheme, deadline), deadline)
        sent = [("Host", parts.netloc), ("Accept-Encoding", "identity"), ("Connection", "close"), *headers.items()]
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        where = httpcore.URL(scheme=parts.scheme.encode(), host=host.encode(), port=port, target=target.encode())
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._context(parts.scheme), network_backend=backend) as pool,
                pool.stream(method, where, headers=sent, content=body) as answer,
            ):
                return self._read(answer)
        except (httpcore.TimeoutException, TimeoutError):
            raise _too_slow(self._limits) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as wrong:
            raise FetchError(f"no answer from {host}: {wrong}", code="fetch-failed") from wrong

    def _context(self, scheme: str) -> ssl.SSLContext | None:
        """The trusted roots of the machine, read once: that takes longer than most exchanges."""
        if scheme == "https" and self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    def _checked(self, url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as wrong:
            raise _refused(f"not a URL: {wrong}") from None
        if parts.scheme != "https" and not (self._loopback and parts.scheme == "http"):
            raise _refused(f"{parts.scheme or 'no scheme'} is not allowed, only https")
        if not parts.hostname or parts.username is not None or parts.password is not None or not url.isascii():
            raise _refused("the URL names no plain host, or a user, or is not written in ASCII")
        if any(ord(each) <= 32 or ord(each) == 127 for each in url):
            raise _refused("the URL has spaces or control characters")
        if self._hosts and not any(f".{parts.hostname}".endswith(f".{each}") for each in self._hosts):
            raise _refused(f"{parts.hostname} is not among the hosts of the settings", "Name it there if you trust it.")
        if not self._loopback and (443 if port is None else port) not in self._limits.ports:
            raise _refused(f"port {port} is not allowed", "Name the port in the settings if you trust it.")
        return parts

    def _addresses(self, host: str, port: int, scheme: str, deadline: "_Deadline") -> list[str]:
        found = _within(deadline, lambda: self._lookup(host, port), host)
        local = self._loopback and bool(found) and all(map(is_loopback, found))
        if not found or not (local or all(map(is_public, found))):
            raise _refused(f"{host} leads to an address that is not public")
        if not local and (scheme != "https" or port not in self._limits.ports):
            raise _refused(f"{scheme} on port {port} is allowed on this machine alone")
        return found

    def _read(self, answer: "httpcore.Response") -> Answer:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
        if 300 <= answer.status < 400:
            raise _refused(f"it answers {answer.status}, and redirects are not followed")
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise _refused("it answers in a packed form that was not asked for")
        body = bytearray()
        for piece in answer.iter_stream():
            body += piece
            if len(body) > self._limits.bytes_max:
                raise FetchError(f"it answers more than {self._limits.bytes_max} bytes", code="fetch-too-large")
        return Answer(answer.status, headers, bytes(body))


def _port(parts: SplitResult) -> int:
    if parts.port is not None:
        return parts.port
    return 443 if parts.scheme == "https" else 80


def _refused(message: str, remedy: str = "Use a public https address that answers directly.") -> FetchError:
    return FetchError(message, remedy=remedy, code="fetch-refused")


def _too_slow(limits: Limits) -> FetchError:
    return FetchError(f"it took longer than {limits.seconds_max} s", remedy="Try again later.", code="fetch-too-slow")


class _Deadline:
    """One moment by which everything must be over."""

    def __init__(self, seconds: float) -> None:
        if seconds <= 0:
            raise UsageError("a fetch needs some time")
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left; raises ``TimeoutError`` where there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _within(deadline: _Deadline, lookup: Callable[[], list[str]], host: str) -> list[str]:
    """The look-up's answer within the deadline: the system's resolver knows no time limit of its own."""
    found: list[list[str]] = []
    thread = threading.Thread(target=lambda: found.append(_quiet(lookup)), daemon=True)
    thread.start()
    thread.join(deadline.left())
    if not found:
        raise FetchError(f"{host} was not looked up within {deadline.seconds} s", code="fetch-too-slow")
    if not found[0]:
        raise FetchError(f"{host} has no address", code="fetch-failed")
    return found[0]


def _quiet(lookup: Callable[[], list[str]]) -> list[str]:
    try:
        return lookup()
    except (OSError, UnicodeError):
        return []


def _pinned(addresses: list[str], deadline: _Deadline) -> "httpcore.NetworkBackend":
    """A backend that connects to the given addresses, whatever the name says by now, under the deadline."""
    import httpcore

    class Stream(httpcore.NetworkStream):
        def __init__(self, inner: httpcore.NetworkStream) -> None:
            self._inner = inner

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - one deadline
            return self._inner.read(max_bytes, deadline.left())

        def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
            for start in range(0, len(buffer), _PIECE_BYTES):
                self._inner.write(buffer[start : start + _PIECE_BYTES], deadline.left())

        def close(self) -> None:
            self._inner.close()

        def start_tls(
            self,
            ssl_context: ssl.SSLContext,
            server_hostname: str | None = None,
            timeout: float | None = None,  # noqa: ARG002
        ) -> httpcore.NetworkStream:
            return Stream(self._inner.start_tls(ssl_context, server_hostname, deadline.left()))

        def get_extra_info(self, info: str) -> Any:
            return self._inner.get_extra_info(info)

    class Backend(httpcore.NetworkBackend):
        def connect_tcp(
            self,
            host: str,  # noqa: ARG002 - the name was looked up already
            port: int,
            timeout: float | None = None,  # noqa: ARG002
            local_address: str | None = None,
            socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
        ) -> httpcore.NetworkStream:
            failure: Exception = httpcore.ConnectError("no address")
            for address in addresses[:4]:
                try:
                    opened = httpcore.SyncBackend().connect_tcp(
                        address, port, deadline.left(), local_address, socket_options
                    )
                    return Stream(opened)
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as wrong:
                    failure = wrong
            raise failure

    return Backend()
