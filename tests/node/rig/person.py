"""Somebody with a machine of their own beside real nodes, and the web host of their documents."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from entrepot.party.folder import PartyFolder
from entrepot.party.keystore import Custody, PassphraseLock
from rig.outside import Client

PHRASE = "a phrase that only the seller knows"


class Person:
    """Somebody with a machine of their own: a folder with a key, and the ``entrepot`` command."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.phrase, self.token = folder / "phrase", folder / "token"
        self.phrase.write_text(PHRASE + "\n")
        self.id = ""

    def run(self, *words, code=0, stdin=""):
        from entrepot.cli import main

        out, err = io.StringIO(), io.StringIO()
        told, sys.argv = sys.argv, ["entrepot", *map(str, words), "--data", str(self.folder)]
        asked, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(stdin.encode()))
        try:
            with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
                main()
        finally:
            sys.argv, sys.stdin = told, asked
        assert "Traceback" not in err.getvalue()
        assert ended.value.code == code, err.getvalue()
        return out.getvalue(), err.getvalue()

    def create(self, monkeypatch, *more):
        import click

        with monkeypatch.context() as typing:
            typing.setattr(click, "prompt", lambda *_, **__: PHRASE)
            words = ("party", "create", "--name", "Kedai Sendiri", "--economy", "MY", "--own", *more, "--json")
            made = json.loads(self.run(*words)[0])
        self.id = made["id"]
        return made

    def reside(self, node):
        words = ("party", "reside", self.id, "--node", node.url, "--passphrase-file", self.phrase, "--json")
        return json.loads(self.run(*words)[0])

    def sign(self, node, draft, *more, code=0, stdin=""):
        file = self.folder / "draft.json"
        file.write_text(json.dumps(draft))
        words = ["sale", "sign", file, "--party", self.id, "--node", node.url, "--token-file", self.token]
        words += ["--passphrase-file", self.phrase, "--json", *more]
        out, err = self.run(*words, code=code, stdin=stdin)
        return (json.loads(out) if out else None), err

    @property
    def log(self):
        """The history of its did:webvh."""
        return PartyFolder(self.folder).log(self.id)

    @property
    def secret(self):
        return PartyFolder(self.folder).keys(Custody.OWN).load(self.id, PassphraseLock(PHRASE)).secret


def register(node, person, name, did, **more):
    """The operator lets the party live there and gives it a token; both learn nothing secret."""
    made = node.operator.post("/api/v1/operator/parties", {"name": name, "did": did, **more})
    assert made.status_code == 200, made.text
    token = node.operator.post("/api/v1/operator/tokens", {"party": did, "role": "clerk", "label": "own"}).json()
    person.token.write_text(token["secret"])
    return made.json(), Client(node.url, token["secret"], did)


class Documents(BaseHTTPRequestHandler):
    """The web host of a party: whatever lies in ``files``."""

    files: ClassVar[dict] = {}

    def do_GET(self):
        body = self.files.get(self.path.partition("?")[0])
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        """Nothing."""


def published():
    """A host of documents on this machine, for a fixture; stopped afterwards."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Host", (Documents,), {"files": {}}))
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
