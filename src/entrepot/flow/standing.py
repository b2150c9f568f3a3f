"""What a hosted party certified by credentials that are no records of a sale, and what it took back: kinds and view.

``credential-issued`` says that a credential was issued and where its status stands; ``credential-status`` sets that
status. The status lists of a party (Bitstring Status List 1.0) are the view ``standing``, as of any moment:

``list/<name>`` a list with how many places are taken; ``place/<name>/<index>`` a taken place; ``set/<name>/<index>``
when a place was set and cleared; ``of/<issuer>/<reference>/<name>`` the places of one credential;
``open/<issuer>/<purpose>`` the number of the newest list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.finding import Finding, Severity
from entrepot.base.moment import format_moment
from entrepot.base.record import Record
from entrepot.base.shape import Digest, Length, Pattern, Range, parse
from entrepot.document.status import ENTRIES_MIN, FINAL
from entrepot.journal.port import Reducer, ViewTx

ISSUED, STATUS = "credential-issued", "credential-status"
STANDING_VIEW = "standing"
NUMBER_MAX = 1_000_000


class Purpose(StrEnum):
    """What a status says (Bitstring Status List 1.0, 2.1); a revocation is never taken back."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place on the list number ``number`` that the issuer keeps for ``purpose``."""

    purpose: Purpose
    number: Annotated[int, Range(0, NUMBER_MAX)]
    index: Annotated[int, Range(0, ENTRIES_MIN - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialIssued:
    """Kind ``credential-issued``, version 1: its issuer has signed a credential with this ``digest``.

    It is that of the secured bytes: of a token as it is, of JSON in its canonical form (RFC 8785).

    ``reference``: SHA-256 of the id by which its status is set. The credential itself, which may name persons, is
    not kept. ``places``: where its status stands, one per purpose.
    """

    digest: Digest
    securing: Annotated[str, Length(1, 40), Pattern("[a-z0-9+-]+")]
    reference: Digest | None = None
    places: Annotated[tuple[Place, ...], Length(0, 2)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialStatus:
    """Kind ``credential-status``, version 1: every credential of its issuer under ``reference`` has the status now."""

    reference: Digest
    purpose: Purpose
    value: bool


def check_issued(issued: CredentialIssued) -> tuple[Finding, ...]:
    """One place per purpose, and an id to set it by."""
    return tuple(_check(issued))


def check_status(status: CredentialStatus) -> tuple[Finding, ...]:
    """Nothing beyond its shape."""
    del status
    return ()


def _check(issued: CredentialIssued) -> Iterator[Finding]:
    purposes = [each.purpose for each in issued.places]
    if len(set(purposes)) != len(purposes) or (purposes and issued.reference is None):
        yield Finding(
            id="ENT-CORE-STANDING-01",
            severity=Severity.BLOCKING,
            path="$.places",
            message="Two places for one purpose, or a place without an id by which it is set.",
            source="Bitstring Status List 1.0, 2.1",
            remedy="Give the credential an id, and each purpose one place.",
        )


def list_name(issuer: str, purpose: str, number: int) -> str:
    """The name of a list in its address: tells nothing of whose it is."""
    return sha256(canonical([issuer, purpose, number]))[:32]


def standing_reducer() -> Reducer:
    """The view of status lists."""
    return Reducer(STANDING_VIEW, 1, _reduce, frozenset({ISSUED, STATUS}))


def _reduce(view: ViewTx, record: Record) -> None:
    if record.erased or record.content.version != 1:
        return
    shape = CredentialIssued if record.kind == ISSUED else CredentialStatus
    payload, _ = parse(shape, record.content.payload)
    if isinstance(payload, CredentialIssued):
        for each in payload.places if payload.reference else ():
            _take(view, record, each, payload.reference or "")
    elif isinstance(payload, CredentialStatus):
        _set(view, record, payload)


def _take(view: ViewTx, record: Record, place: Place, reference: str) -> None:
    """A place goes to whoever takes it first; the record that comes later has none."""
    issuer = record.content.issuer
    name = list_name(issuer, place.purpose, place.number)
    if view.get(_at("place", name, place.index)) is not None:
        return
    known = view.get(f"list/{name}") or {
        "issuer": issuer,
        "purpose": str(place.purpose),
        "taken": 0,
        "since": _on(record),
    }
    view.put(f"list/{name}", {**known, "taken": known["taken"] + 1})
    view.put(_at("place", name, place.index), {"record": record.id})
    view.put(f"of/{issuer}/{reference}/{place.purpose}/{name}/{place.index}", {"list": name, "index": place.index})
    newest = view.get(f"open/{issuer}/{place.purpose}") or {"number": 0}
    view.put(f"open/{issuer}/{place.purpose}", {"number": max(newest["number"], place.number)})


def _set(view: ViewTx, record: Record, status: CredentialStatus) -> None:
    for _, held in view.scan(f"of/{record.content.issuer}/{status.reference}/{status.purpose}/"):
        key = _at("set", held["list"], held["index"])
        changes: list[Any] = (view.get(key) or {"changes": []})["changes"]
        is_set = bool(changes) and changes[-1][1]
        if status.value is not is_set and not (is_set and status.purpose in FINAL):
            view.put(key, {"index": held["index"], "changes": [*changes, [_on(record), status.value]]})


def _at(part: str, name: str, index: int) -> str:
    return f"{part}/{name}/{index:06}"


def _on(record: Record) -> str:
    return format_moment(record.content.issued)
