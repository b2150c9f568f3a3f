"""Tokens: an operator gives them for every party of the node, an owner for its own."""

from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from entrepot.base.finding import Finding, Severity
from entrepot.base.moment import MOMENT_PATTERN, format_moment, parse_moment
from entrepot.node.access.bearer import digest_of
from entrepot.node.access.models import Role, Token
from entrepot.node.api.auth import OWNERS, caller, secret_for
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, KEY, ON_POST, once, wrongs
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["tokens"], auth=OWNERS)


def _moment(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("not an RFC 3339 time")
    return parse_moment(value)


Moment = Annotated[
    datetime | None,
    BeforeValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time", "pattern": MOMENT_PATTERN}, {"type": "null"}]}),
]
"""A time in RFC 3339, or null."""
Label = Annotated[str, StringConstraints(min_length=1, max_length=100)]
TokenId = Path(..., ge=1, le=2**53 - 1)


class OwnTokenIn(Schema):
    """A token for the caller's own party."""

    model_config = ConfigDict(extra="forbid")
    role: Annotated[Role, Field(json_schema_extra={"enum": ["owner", "clerk", "viewer"]})]
    label: Label
    expires: Moment = None


class TokenIn(Schema):
    """A token for a hosted party (or, without one, for an operator)."""

    model_config = ConfigDict(extra="forbid")
    party: Annotated[str, StringConstraints(max_length=500)] = ""
    role: Role
    label: Label
    expires: Moment = None


class TokenOut(Schema):
    """A new token; ``secret`` is told here and nowhere else."""

    id: int
    secret: str


class TokenLine(Schema):
    """A token in the list, without its secret."""

    id: int
    party: str
    role: str
    label: str
    revoked: bool


@router.get("", response={200: list[TokenLine], **wrongs(*BEHIND_TOKEN)}, summary="List my party's tokens")
def list_own_tokens(request: HttpRequest) -> list[dict[str, Any]]:
    """All tokens of the caller's party."""
    return lines(party=caller(request).party)


@router.post("", response={200: TokenOut, **wrongs(*BEHIND_TOKEN, *ON_POST)}, summary="Create a token for my party",
             openapi_extra=ACTS)  # fmt: skip
def create_own_token(request: HttpRequest, body: OwnTokenIn) -> dict[str, Any]:
    """A further token for the caller's party. The same idempotency key gives the same token."""
    return create(request, TokenIn(party=caller(request).party, **body.dict()))


@router.post("/{token}/revoke", response={200: TokenLine, **wrongs(*BEHIND_TOKEN, 404, 409, 422)},
             summary="Revoke a token of my party", openapi_extra=ACTS)  # fmt: skip
def revoke_own_token(request: HttpRequest, token: int = TokenId) -> dict[str, Any]:
    """From now on the token opens nothing. Revoking twice changes nothing."""
    return revoke(request, token, party=caller(request).party)


def lines(**of: str) -> list[dict[str, Any]]:
    """The tokens that match, by age."""
    return [_line(each) for each in Token.objects.filter(**of).order_by("pk")]


def create(request: HttpRequest, body: TokenIn) -> dict[str, Any]:
    """A token. Its secret is derived from the idempotency key, so that it is told again but kept nowhere.

    One that expires before it is made is refused with a finding.
    """
    secret = secret_for(settings.SECRET_KEY, str(caller(request).token), "token", request.headers.get(KEY, ""))
    values = {"party": body.party, "role": body.role, "label": body.label, "expires": body.expires}

    def act() -> dict[str, Any]:
        if (body.role is Role.OPERATOR) == bool(body.party):
            raise ProblemError(422, "token-party", "An operator acts for no party; every other role for one.")
        if body.party and body.party not in office().custody.hosted():
            raise ProblemError(422, "token-party", "That party does not live on this node.")
        if body.expires is not None and body.expires <= office().clock():
            raise ProblemError(422, "findings", "Nothing was created: see the findings.", [_expired(body.expires)])
        created = {**values, "created": office().clock()}
        made, _ = Token.objects.get_or_create(digest=digest_of(secret), defaults=created)
        return {"id": made.pk}

    return {**once(request, "token", body.model_dump(mode="json"), act), "secret": secret}


def _expired(at: datetime) -> Finding:
    return Finding(
        id="ENT-CORE-TOKEN-01",
        severity=Severity.BLOCKING,
        path="$.expires",
        message="The token would be without force from the start: it expires at {at}, which is not ahead.",
        params={"at": format_moment(at)},
        source="Entrepot node, version 1",
        remedy="Give a time ahead of the node's clock, or none.",
    )


def revoke(request: HttpRequest, token: int, **of: str) -> dict[str, Any]:
    """Revoke a token among those that match; a 404 problem where there is none."""

    def act() -> dict[str, Any]:
        found = Token.objects.filter(pk=token, **of).first()
        if found is None:
            raise ProblemError(404, "not-found", "There is no such token.")
        if found.revoked is None:
            found.revoked = office().clock()
            found.save(update_fields=["revoked"])
        return _line(found)

    answer: dict[str, Any] = once(request, f"token/{token}/revoke", {}, act)
    return answer


def _line(each: Token) -> dict[str, Any]:
    return {"id": each.pk, "party": each.party, "role": each.role, "label": each.label, "revoked": bool(each.revoked)}
