"""Tokens at the door of the API, and what each role may do."""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest
from ninja.security import HttpBearer

from entrepot.node.access.bearer import token_of
from entrepot.node.access.models import Role
from entrepot.node.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the party (a DID, empty for an operator), the role, and the token's id for idempotency and logs."""

    party: str
    role: Role
    token: int

    @property
    def readers(self) -> frozenset[str]:
        """The DIDs as whom the caller may read."""
        return frozenset({self.party} if self.party else ())


class Bearer(HttpBearer):
    """``Authorization: Bearer`` with a token of this node; ``roles`` says which may pass."""

    openapi_bearerFormat = "opaque"  # noqa: N815 - ninja's name

    def __init__(self, roles: Collection[Role]) -> None:
        super().__init__()
        self._roles = frozenset(roles)

    def authenticate(self, request: HttpRequest, token: str) -> Caller:  # noqa: ARG002 - ninja's signature
        """The caller; raises a 401 or 403 problem."""
        found = token_of(request)
        if found is None:
            raise ProblemError(401, "token", "The token is unknown, expired or revoked.")
        role = Role(found.role)
        if role not in self._roles:
            raise ProblemError(403, "role", f"A {role} may not do that.")
        return Caller(found.party, role, found.pk)


READERS = Bearer((Role.OWNER, Role.CLERK, Role.VIEWER))
WRITERS = Bearer((Role.OWNER, Role.CLERK))
OWNERS = Bearer((Role.OWNER,))
OPERATORS = Bearer((Role.OPERATOR,))


def secret_for(node_secret: str, *parts: str) -> str:
    """A token's secret, derived so that the same request (same idempotency key) gives the same token again."""
    key = hmac.new(node_secret.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()
    return f"entrepot_{key}"


def caller(request: HttpRequest) -> Caller:
    """The caller that :class:`Bearer` let in."""
    found: Caller = request.auth  # type: ignore[attr-defined]
    return found
