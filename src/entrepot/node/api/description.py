"""The OpenAPI description: what the framework derives, corrected where this API answers otherwise."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

PROBLEM_TYPE = "application/problem+json"
ANSWERS = "x-answers"
"""In ``openapi_extra``: the media types of a success that is not JSON."""
SECONDS = {"description": "Seconds to wait before trying again.", "schema": {"type": "integer", "minimum": 1}}
HEADERS: dict[str, dict[str, Any]] = {
    "401": {"WWW-Authenticate": {"description": "RFC 6750.", "schema": {"type": "string"}}},
    "429": {"Retry-After": SECONDS},
    "503": {"Retry-After": SECONDS},
}
"""Headers that always come with a status."""


class NodeApi(NinjaAPI):
    """The API, described as it behaves: errors are problem documents, and some answers are not JSON."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """The description, OpenAPI 3.1."""
        description = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for path in description["paths"].values():
            for operation in path.values():
                _correct(operation)
        return description


def _correct(operation: dict[str, Any]) -> None:
    media_types = operation.pop(ANSWERS, None)
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            response["content"] = {PROBLEM_TYPE: next(iter(response["content"].values()))}
            if str(status) in HEADERS:
                response["headers"] = {name: {"required": True, **each} for name, each in HEADERS[str(status)].items()}
        elif media_types:
            response["content"] = {each: {"schema": {"type": "string"}} for each in media_types}
