"""A node inside this process: Django's test client in front, no socket."""

import json
import os
from dataclasses import dataclass, field
from itertools import count

_keys = count(1)


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get("code")

    @property
    def found(self):
        """Ids of the findings."""
        return [each["id"] for each in self.json["findings"]]


@dataclass
class Api:
    """One token at the node; ``post`` takes a new idempotency key unless one is given (None: sends none)."""

    token: str = ""
    party: str = ""
    sent: int = field(default=0)

    def call(self, method, path, data=b"", *, headers=None, content_type="application/json"):
        from django.test import Client

        extra = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in (headers or {}).items()}
        extra.setdefault("HTTP_HOST", "127.0.0.1")
        if self.token:
            extra.setdefault("HTTP_AUTHORIZATION", f"Bearer {self.token}")
        made = Client(raise_request_exception=False).generic(method, path, data, content_type=content_type, **extra)
        return Answer(made.status_code, dict(made.headers), made.content)

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None, key="", **more):
        headers = {} if key is None else {"Idempotency-Key": key or f"key-{next(_keys)}"}
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return self.call("POST", path, data, headers=headers | more.pop("headers", {}), **more)

    def issue(self, draft, key=""):
        return self.post("/api/v1/records", draft, key)


def _cheapen_passwords():
    """The same algorithm at a small cost, for hundreds of sign-ins; what the node itself takes."""
    from entrepot.node.account.hashing import Argon2idHasher

    names = ("memory_kib", "iterations")
    cost = {name: getattr(Argon2idHasher, name) for name in names}
    Argon2idHasher.memory_kib, Argon2idHasher.iterations = 64, 1
    return cost


class Inside:
    """The node of this process: accounts and settings are made once, since Django is set up once."""

    def __init__(self, folder):
        settings = [each for each in os.environ if each.startswith("ENTREPOT_")]
        for name in [each for each in settings if not each.startswith("ENTREPOT_TEST_")]:
            del os.environ[name]
        os.environ |= {
            "ENTREPOT_DATA": str(folder),
            "ENTREPOT_URL": "http://127.0.0.1:18080",
            "ENTREPOT_ALLOW_LOOPBACK_HTTP": "1",
            "ENTREPOT_RATE_PER_MINUTE": "1000000",
            "DJANGO_SETTINGS_MODULE": "entrepot.node.settings",
        }
        from entrepot.node import running
        from entrepot.node.prepare import OPERATOR_TOKEN, prepare_from_environment
        from entrepot.node.station import open_station

        self.password_cost = _cheapen_passwords()
        self.folder = folder
        self.config = prepare_from_environment()
        self.station = open_station(self.config)
        running.start(self.station)
        from entrepot.node.upload import working

        working.QUICK_S = 30.0  # an answer is waited for, however busy the machine is
        self.station.announcer.stop()  # the peers of these tests are made up: asked who they are, they cannot say
        self.operator = Api((folder / OPERATOR_TOKEN).read_text("ascii").strip())
        self._names = count(1)

    @property
    def office(self):
        return self.station.office

    def party(self, name=""):
        """The DID of a new hosted party."""
        made = self.operator.post("/api/v1/operator/parties", {"name": name or f"party-{next(self._names)}"})
        assert made.status == 200, made.body
        return made.json["did"]

    def token(self, party, role, **more):
        """A client with a new token."""
        body = {"party": party, "role": role, "label": "test", **more}
        made = self.operator.post("/api/v1/operator/tokens", body)
        assert made.status == 200, made.body
        return Api(made.json["secret"], party)

    def trader(self, role="clerk"):
        """A client for a new party."""
        return self.token(self.party(), role)

    def restart(self):
        """Close journal and threads, and open them again, as a new process would."""
        from entrepot.node import running
        from entrepot.node.station import open_station

        running.stop()
        self.station = open_station(self.config)
        running.start(self.station)
        self.station.announcer.stop()  # the peers of these tests are made up: asked who they are, they cannot say

    def close(self):
        from django.db import connections

        from entrepot.node import running

        running.stop()
        connections.close_all()
