"""A small client of a node's API: what any program of a business would do."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from entrepot.base.error import EntrepotError
from entrepot.base.shape import dump
from entrepot.party.fetch import Answer, Fetcher, Limits

WAIT_S = 15.0


class NodeRefused(EntrepotError):
    """A node answered with a problem document."""

    code = "node-refused"

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        findings = "; ".join(f"{each['id']} at {each['path']}: {each['text']}" for each in problem.get("findings", ()))
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')} {findings}".strip())
        self.status, self.problem = status, problem


@dataclass
class Client:
    """One token at one node. ``url``: the node's address; every POST gets an idempotency key of its own, which begins
    with ``run`` where others use the same token.
    """

    url: str
    token: str
    counter: int = 0
    run: str = ""
    fetcher: Fetcher = field(
        default_factory=lambda: Fetcher(limits=Limits(bytes_max=8 << 20, seconds_max=20.0), loopback=True)
    )

    def get(self, path: str) -> Any:
        """The JSON that a GET answers; raises :class:`NodeRefused`."""
        return _json(self.fetcher.get(f"{self.url}{path}", self._headers()))

    def get_bytes(self, path: str) -> bytes:
        """The body that a GET answers; raises :class:`NodeRefused`."""
        answer = self.fetcher.get(f"{self.url}{path}", self._headers())
        if answer.status != 200:
            _json(answer)
        return answer.body

    def post(self, path: str, body: Any, key: str = "") -> Any:
        """The JSON that a POST answers; raises :class:`NodeRefused`. ``key``: the idempotency key, else a new one."""
        self.counter += 1
        headers = {
            **self._headers(),
            "Content-Type": "application/json",
            "Idempotency-Key": key or f"{self.run}{path.strip('/').replace('/', '-')}-{self.counter}",
        }
        return _json(self.fetcher.post(f"{self.url}{path}", json.dumps(body).encode(), headers))

    def issue(self, kind: str, number: str, payload: Any, **more: Any) -> dict[str, Any]:
        """Issue a record; ``files``: foreign files it names, as (media type, bytes)."""
        files = more.pop("files", ())
        body = {"kind": kind, "number": number, "payload": dump(payload), **more}
        if files:
            body["attachments"] = [
                {"media_type": media_type, "base64": base64.b64encode(data).decode()} for media_type, data in files
            ]
        issued: dict[str, Any] = self.post("/api/v1/records", body)
        return issued

    def wait_for(self, path: str) -> Any:
        """What a GET answers once it is there: a record on its way, a receipt not sealed yet."""
        deadline = time.monotonic() + WAIT_S
        while True:
            try:
                return self.get(path)
            except NodeRefused as wrong:
                if wrong.status != 404 or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def _json(answer: Answer) -> Any:
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = {"code": "not-json", "detail": answer.body[:200].decode("utf-8", "replace")}
    if answer.status != 200:
        raise NodeRefused(answer.status, body if isinstance(body, dict) else {})
    return body
