"""Programs of others as processes that are asked line by line, with their versions and the hashes of their packages."""

import json
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE / "package-lock.json"


class Missing(Exception):
    """A client that is not here, or does not start: nothing was judged by it."""


class Peer:
    """One process: a JSON question per line, an answer per line."""

    def __init__(self, command) -> None:
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        except OSError as wrong:
            raise Missing(f"{command[0]}: {wrong}") from wrong

    def ask(self, **question):
        """The answer to one question; raises :class:`Missing` where the process has ended."""
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Missing(f"it ended: {self._process.stderr.read()[-300:]}")
        return json.loads(line)

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(20)


def node(folder):
    """The process that holds all clients in Node.js; ``folder`` has their ``node_modules``."""
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    missing = [name for name in wanted if not (folder / "node_modules" / name).is_dir()]
    if missing or not shutil.which("node"):
        raise Missing(f"not installed in {folder}: {', '.join(missing) or 'node'}")
    return Peer(["node", str(placed(HERE / "node_peer.cjs", folder))])


def placed(script, folder):
    """A copy of ``script`` beside node_modules, where its imports are looked for; whole, since others may start it."""
    made = Path(shutil.copy(script, folder / f".{os.getpid()}-{script.name}"))
    return made.replace(folder / script.name)


def openvc(python):
    """The process that holds openvc-core."""
    return Peer([python or "/nonexistent", str(HERE / "openvc_peer.py")])


def locked(name):
    """Version and hash that the lock file states of a package in Node.js; the installation is held to both."""
    found = json.loads(LOCK.read_text())["packages"][f"node_modules/{name}"]
    return found["version"], found["integrity"]
