"""A client of clamd, the daemon of ClamAV that an operator runs: what lies in files, before any of them is kept.

Commands and answers after the manual page clamd(8), in their form with a NUL at the end: ``INSTREAM`` takes chunks,
each behind its length (four bytes, the highest first), and ends with one of length zero; ``VERSION`` says what answers.
Whatever is no such answer, in time and in size, means that the scanner is away; it never means that a file is clean.
"""

import contextlib
import ipaddress
import logging
import re
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.flow.error import ScannerAway

log = logging.getLogger("entrepot.security")
SECONDS_MAX, VERSION_SECONDS_MAX = 20.0, 2.0
"""For all files of one record: a peer that sends waits for thirty seconds. For a look whether it answers."""
ANSWER_BYTES_MAX = 4096
CHUNK_BYTES = 1 << 16
REMEDY = "Try again later; the operator of this node must see to its scanner (ENTREPOT_SCANNER)."
_ANSWER = re.compile("stream: (?:OK|([ -~]{1,200}) FOUND)")
_HOST_PORT = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([0-9A-Za-z.-]+)):([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd: ``address`` is the path of its socket, or host and port on this machine."""

    address: str | tuple[str, int]

    def __call__(self, bodies: Sequence[bytes]) -> tuple[str, ...]:
        """The signature that is found in each of ``bodies``, empty where there is none. Raises :class:`ScannerAway`."""
        until = time.monotonic() + SECONDS_MAX
        return tuple(self._found(each, until) for each in bodies)

    def version(self) -> str:
        """What it says of itself: its version, and that of its signatures. Raises :class:`ScannerAway`."""
        said, _ = self._asked(b"VERSION", (), time.monotonic() + VERSION_SECONDS_MAX)
        if not re.fullmatch("[ -~]{1,200}", said):
            raise _away(f"it says {said[:80]!r}")
        return said

    def _found(self, body: bytes, until: float) -> str:
        said, is_whole = self._asked(b"INSTREAM", _chunks(body), until)
        answer = _ANSWER.fullmatch(said)
        if answer is None or (answer[1] is None and not is_whole):
            raise _away(f"it says {said[:80]!r}")
        if answer[1]:
            log.warning("the scanner found %s in a file, SHA-256 %s", answer[1], sha256(body))
        return answer[1] or ""

    def _asked(self, command: bytes, parts: Iterable[bytes], until: float) -> tuple[str, bool]:
        """The answer to a command, and whether all of it was taken before."""
        try:
            with self._linked(until) as link:
                is_whole = _sent(link, (b"z" + command + b"\0", *parts), until)
                return _answer(link, until), is_whole
        except OSError as wrong:
            raise _away(wrong.strerror or str(wrong)) from wrong

    def _linked(self, until: float) -> socket.socket:
        if isinstance(self.address, tuple):
            return socket.create_connection(self.address, timeout=_left(until))
        link = socket.socket(socket.AF_UNIX)
        try:
            link.settimeout(_left(until))
            link.connect(self.address)
        except OSError:
            link.close()
            raise
        return link


def clamd_at(setting: str) -> Clamd | None:
    """The clamd that ``setting`` names: ``unix:/its/socket`` or ``tcp:127.0.0.1:3310``; None where it is empty.

    Raises :class:`UsageError`: clamd speaks in clear and proves nothing, so it must be on this machine.
    """
    kind, _, rest = setting.partition(":")
    named = _HOST_PORT.fullmatch(rest)
    if kind == "unix" and rest.startswith("/"):
        return Clamd(rest)
    if kind == "tcp" and named and 0 < int(named[3]) < 65536 and _is_near(named[1] or named[2]):
        return Clamd((named[1] or named[2], int(named[3])))
    if setting:
        raise UsageError(
            f"ENTREPOT_SCANNER is no clamd on this machine: {setting[:200]!r}",
            remedy="Give unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310; reach one of another machine by a tunnel.",
        )
    return None


def _is_near(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK_BYTES):
        chunk = body[start : start + CHUNK_BYTES]
        yield len(chunk).to_bytes(4, "big") + chunk
    yield bytes(4)


def _sent(link: socket.socket, parts: Iterable[bytes], until: float) -> bool:
    """Whether all was taken: where something is too large for it, clamd says so and closes."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for each in parts:
            link.settimeout(_left(until))
            link.sendall(each)
        return True
    return False


def _answer(link: socket.socket, until: float) -> str:
    said = b""
    while b"\0" not in said:
        link.settimeout(_left(until))
        more = link.recv(ANSWER_BYTES_MAX)
        said += more
        if not more or len(said) > ANSWER_BYTES_MAX:
            raise _away(f"it says {said[:80]!r} and no more" if said else "it closes without an answer")
    return said.partition(b"\0")[0].decode("ascii", "replace")


def _left(until: float) -> float:
    """Seconds that are left; raises :class:`TimeoutError` where there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("it does not answer in time")
    return left


def _away(why: str) -> ScannerAway:
    return ScannerAway(f"the scanner of files does not answer as it should: {why}", remedy=REMEDY)
