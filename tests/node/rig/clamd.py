"""A real clamd with one signature of our own, and a stand-in on a real socket that answers as it is told."""

import shutil
import socket
import struct
import subprocess
import threading
import time
from contextlib import contextmanager

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test string on which scanners agree (EICAR); harmless."""
SIGNATURE = "Entrepot.Test.Eicar"


@contextmanager
def clamd(folder, *settings):
    """A clamd of this machine, as a child: the address of its socket. It loads one signature and asks no network."""
    (folder / "signatures").mkdir(parents=True)
    (folder / "signatures" / "test.ndb").write_text(f"{SIGNATURE}:0:*:{EICAR.hex()}\n")
    place = folder / "clamd.sock"
    lines = (f"DatabaseDirectory {folder}/signatures", f"LocalSocket {place}", "Foreground yes", *settings)
    (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
    program = shutil.which("clamd")
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=log, stderr=log)
    try:
        until = time.monotonic() + 20
        while not place.exists():
            assert child.poll() is None, (folder / "log").read_text("utf-8", "replace")[-2000:]
            assert time.monotonic() < until, "clamd opened no socket"
            time.sleep(0.02)
        yield f"unix:{place}", child
    finally:
        child.terminate()
        child.wait(10)


def streamed(link):
    """What a client sends with INSTREAM, read as clamd(8) describes it: the bytes, or None for VERSION."""
    said = b""
    while not said.endswith(b"\0"):
        said += link.recv(1)
    if said != b"zINSTREAM\0":
        assert said == b"zVERSION\0", said
        return None
    body = b""
    while size := struct.unpack(">I", _exactly(link, 4))[0]:
        body += _exactly(link, size)
    return body


def _exactly(link, size):
    found = b""
    while len(found) < size:
        more = link.recv(size - len(found))
        assert more, "the client went away"
        found += more
    return found


def honest(link):
    """Answers as clamd with that one signature would."""
    body = streamed(link)
    if body is None:
        link.sendall(b"ClamAV 9.9.9/12345/Sat Nov 28 2026\0")
    else:
        link.sendall(f"stream: {SIGNATURE}.UNOFFICIAL FOUND\0".encode() if EICAR in body else b"stream: OK\0")


class StandIn:
    """Listens on a port of this machine; ``answer`` is called with each connection, and may be exchanged."""

    def __init__(self, answer=honest):
        self.answer, self.asked = answer, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp:127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            self.asked += 1
            threading.Thread(target=self._one, args=(link,), daemon=True).start()

    def _one(self, link):
        with link:
            try:
                self.answer(link)
            except (OSError, AssertionError):
                return

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
