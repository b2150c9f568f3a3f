"""A PostgreSQL cluster of its own, in a folder, reached through a Unix socket alone."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

NOTICED_S = 9.0
"""Within that time after a recovery every node has noticed it."""


def binaries():
    """The folder with the server's programs, or None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    return found[-1] if found else None


class Cluster:
    """Made, started, and at the end stopped and removed."""

    def __init__(self, bin_folder):
        self._bin = bin_folder
        self.folder = Path(tempfile.mkdtemp(prefix="entrepot-kill-pg-"))
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self.folder.chmod(0o755)
        self.shaken = 0.0

    def start(self):
        """Make the cluster and wait until it takes connections."""
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", "entrepot", "-A", "trust", "-E", "UTF8", "--no-locale")
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=200"
        self._run("pg_ctl", "-D", data, "-s", "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        self.pid = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def make(self, name):
        """A new database; its address."""
        import psycopg

        with psycopg.connect(self._url("postgres"), autocommit=True) as db:
            db.execute(f'CREATE DATABASE "{name}"')
        return self._url(name)

    def kill_backend(self, name, choose):
        """SIGKILL to one back end that serves the database; the server then restarts all of them. Whether there was
        one, and what it was doing."""
        import psycopg

        try:
            with psycopg.connect(self._url("postgres"), autocommit=True) as db:
                query = "SELECT pid, state FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
                found = db.execute(query, (name,)).fetchall()
        except psycopg.Error:
            return None
        if not found:
            return None
        pid, state = choose(sorted(found))
        self.shaken = time.monotonic() + NOTICED_S
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._await_recovery()
        return state

    def _await_recovery(self):
        import psycopg

        deadline = time.monotonic() + 60
        time.sleep(0.05)
        while True:
            try:
                with psycopg.connect(self._url("postgres"), connect_timeout=5) as db:
                    db.execute("SELECT 1")
                self.shaken = time.monotonic() + NOTICED_S
                return
            except psycopg.Error:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def stop(self):
        """Stop this server alone, and remove its folder."""
        with contextlib.suppress(ProcessLookupError, AttributeError):
            os.kill(self.pid, signal.SIGINT)
            for _ in range(200):
                os.kill(self.pid, 0)
                time.sleep(0.05)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _url(self, name):
        return f"postgresql://entrepot@/{name}?host={self.folder}"

    def _run(self, program, *options):
        command = [str(self._bin / program), *options]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL)
