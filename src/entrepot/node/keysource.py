"""Where a node's key-encryption key comes from: a file, or a program that prints it, such as a vault's client.

The program is what ``ENTREPOT_KEY_COMMAND`` names, with its arguments, split as a POSIX shell splits words; no shell
reads it. It prints the key as 64 hexadecimal digits, or as base64 (RFC 4648, section 4) of 32 bytes, with at most one
end of line behind it. It gets no input, and nobody sees what it writes to standard error, where a client may say more
than it should; what it prints stands in no message. Each process asks it once: those that are forked know the answer.
"""

import os
import re
import select
import shlex
import signal
import subprocess
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from entrepot.base.error import UsageError
from entrepot.party.error import KeyStoreError
from entrepot.party.keystore import SETTING, KeyLock, kek_path, open_kek

COMMAND = "ENTREPOT_KEY_COMMAND"
"""Environment variable that names the program."""
SECONDS_MAX, BYTES_MAX = 30.0, 1024
"""For the program to print the key and end; what is read of it at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySource:
    """``command``: the program and its arguments; empty where the key lies in ``file``. ``data``: the node's folder."""

    data: Path
    file: Path
    command: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """Which way is used, for the operator: never what a program was told, which may be a secret."""
        return f"program {_name(self.command)}" if self.command else f"file {self.file}"

    def lock(self, entropy: Callable[[int], bytes] | None = None) -> KeyLock:
        """The lock that the key makes. With ``entropy`` a missing file is created, where nothing is sealed yet.

        Raises :class:`KeyStoreError` as :func:`open_kek` does; where the program prints no key, in time; and where
        there is a program, and a file at the place of the default all the same: one of them is wrong, or left behind.
        """
        if not self.command:
            return open_kek(self.file, entropy, data=self.data)
        left = kek_path(self.data, {})
        if left.exists():
            raise KeyStoreError(
                f"{COMMAND} is set, and a key-encryption key lies in {left} as well",
                remedy=f"See that the program prints that key, then take the file away: shred -u {left}",
            )
        return _asked(self.command)


def key_source(data: Path, environ: Mapping[str, str]) -> KeySource:
    """What the settings name. Raises :class:`UsageError` where both do, or a command that cannot be read."""
    given = environ.get(COMMAND, "")
    if given and environ.get(SETTING):
        raise UsageError(f"{SETTING} and {COMMAND} are both set", remedy="Keep the one that leads to the key.")
    try:
        words = tuple(shlex.split(given))
    except ValueError as wrong:
        raise UsageError(f"{COMMAND} cannot be split into words: {str(wrong).lower()}") from None
    if given and not (words and words[0]):
        raise UsageError(f"{COMMAND} names no program", remedy="Name one with its arguments, or do not set it.")
    return KeySource(data=data, file=kek_path(data, environ), command=words)


@cache
def _asked(command: tuple[str, ...]) -> KeyLock:
    key = _key_in(_printed(command, time.monotonic() + SECONDS_MAX))
    if key is None:
        raise _failed(command, "printed something else than a key")
    return KeyLock(key)


def _key_in(said: bytes) -> bytes | None:
    text = said.removesuffix(b"\n").removesuffix(b"\r")
    if re.fullmatch(rb"[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text.decode("ascii"))
    key = b64decode(text) if re.fullmatch(rb"[A-Za-z0-9+/]{43}=", text) else b""
    return key if key and b64encode(key) == text else None


def _printed(command: Sequence[str], until: float) -> bytes:
    """What the program prints. It is the leader of a group, so that none of those it starts outlives a failure."""
    try:
        child = subprocess.Popen(  # noqa: S603 - the operator's own setting, a list of arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as wrong:
        raise _failed(command, f"cannot be started: {wrong.strerror}") from None
    with child:
        try:
            assert child.stdout is not None
            said = _read(child.stdout.fileno(), command, until)
            code = child.wait(max(0.0, until - time.monotonic()))
        except (KeyStoreError, subprocess.TimeoutExpired) as wrong:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            raise wrong if isinstance(wrong, KeyStoreError) else _failed(command, "did not end in time") from None
    if code != 0:
        raise _failed(command, f"ended with {code}")
    return said


def _read(pipe: int, command: Sequence[str], until: float) -> bytes:
    said, poll = b"", select.poll()
    poll.register(pipe, select.POLLIN)
    while len(said) <= BYTES_MAX:
        if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
            raise _failed(command, "did not end in time")
        more = os.read(pipe, BYTES_MAX + 1)
        if not more:
            return said
        said += more
    raise _failed(command, "printed more than a key")


def _failed(command: Sequence[str], why: str) -> KeyStoreError:
    return KeyStoreError(
        f"no key-encryption key: {_name(command)}, the program of {COMMAND}, {why}",
        remedy="Run it as the node's user, with the node's environment: within "
        f"{SECONDS_MAX:.0f} seconds it must print 64 hexadecimal digits, or base64 of 32 bytes, and nothing else.",
    )


def _name(command: Sequence[str]) -> str:
    return Path(command[0]).name
