"""Programs at the door of a node in this process: requests as the server hands them to Django (PEP 3333), no client
and no socket between."""

import io
import json
from itertools import count
from typing import Any

_keys = count(1)


class Door:
    """Sends JSON with a token; every request has a new idempotency key."""

    def __init__(self, application: Any, token: str) -> None:
        self._application, self._token = application, token

    def post(self, path: str, body: Any) -> dict[str, Any]:
        """The answer, which must be good."""
        data = json.dumps(body).encode()
        told: list[str] = []
        answer = self._application(self._environ(path, data), lambda status, *_: told.append(status))
        content = b"".join(answer)
        answer.close()
        assert told[0].startswith("200"), (told, content)
        made: dict[str, Any] = json.loads(content)
        return made

    def _environ(self, path: str, data: bytes) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "18080",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(data)),
            "HTTP_HOST": "127.0.0.1",
            "HTTP_AUTHORIZATION": f"Bearer {self._token}",
            "HTTP_IDEMPOTENCY_KEY": f"bench-{next(_keys)}",
            "wsgi.input": io.BytesIO(data),
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
        }
