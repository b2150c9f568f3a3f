"""Bitstring Status List 1.0 (W3C): one bit (or a few) per document, published by its issuer and signed.

``new_list``, ``entry_of`` and ``with_status`` issue; ``StatusLists`` answers for a document that names a list. A list
is a credential like any other: its proof is judged by the function that is handed in.
"""

import binascii
import gzip
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote

from entrepot.base.digest import b64url, from_b64url
from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment, parse_moment
from entrepot.base.said import Said, plainer, said, together
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.proof.opened import Secured, open_secured
from entrepot.party.error import unfetched

ENTRIES_MIN = 131_072
"""Entries of the shortest list: fewer would show whose document is meant (section 3.2)."""
BITS_MAX = 1 << 27
"""Bits that are unpacked at most (16 MiB)."""
SIZE_MAX = 32
AGE_MAX = timedelta(days=10)
"""How old a copy of a list may be that does not say so itself, unless a verifier says otherwise: as long as web
browsers take a list of revoked certificates for current (CA/Browser Forum, Baseline Requirements for TLS, 4.9.7)."""
TTL = timedelta(days=1)
"""How long after it was made a list of ours says to serve before it should be fetched again (section 2.2, ``ttl``)."""
LIST_TYPE, ENTRY_TYPE = "BitstringStatusListCredential", "BitstringStatusListEntry"
FINAL = ("revocation",)
PURPOSES = ("revocation", "suspension", "refresh", "message")
_INDEX_DIGITS_MAX = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """What a list says of one entry. ``status``: ``valid``, ``invalid`` or ``unknown``; ``code`` is the standard's
    error name where it has one."""

    status: str
    code: str
    reason: Said
    remedy: str = ""


_DISORDER = said("The status list, or what the document says of its place on it, is not in the form of the standard.")


class StatusError(Exception):
    """A list does not say what is asked; ``code`` is the name that section 3.3 gives the error."""

    def __init__(self, code: str, reason: Said) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def new_list(
    *, url: str, issuer: str, purpose: str, issued: datetime, entries: int = ENTRIES_MIN, size: int = 1
) -> dict[str, Any]:
    """An unsigned list on which nothing is set, to be published at ``url`` (section 2.2); it serves for :data:`TTL`.

    Raises :class:`UsageError` for an unknown purpose, or fewer entries than :data:`ENTRIES_MIN`.
    """
    if purpose not in PURPOSES:
        raise UsageError(f"no such purpose: {purpose}", remedy=f"One of {', '.join(PURPOSES)}.")
    if entries < ENTRIES_MIN or not 1 <= size <= SIZE_MAX or entries * size > BITS_MAX:
        raise UsageError(f"a list holds at least {ENTRIES_MIN} entries")
    return {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", LIST_TYPE],
        "issuer": issuer,
        "validFrom": format_moment(issued),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "ttl": TTL // timedelta(milliseconds=1),
            "encodedList": encoded(bytes(-(-entries * size // 8))),
        },
    }


def entry_of(status_list: Mapping[str, Any], index: int, *, size: int = 1) -> dict[str, Any]:
    """The ``credentialStatus`` of the document that has place ``index`` on the list (section 2.1)."""
    url = str(status_list.get("id"))
    purpose = status_list["credentialSubject"]["statusPurpose"]
    entry: dict[str, Any] = {
        "id": f"{url}#{index}",
        "type": ENTRY_TYPE,
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": url,
    }
    return entry if size == 1 else {**entry, "statusSize": size}


def with_status(
    status_list: Mapping[str, Any], index: int, value: int, *, issued: datetime, size: int = 1
) -> dict[str, Any]:
    """The list, unsigned again, with ``value`` at ``index``. Raises :class:`UsageError` where it has no such place,
    and where a revocation would be taken back."""
    plain = {name: each for name, each in status_list.items() if name != "proof"}
    subject = dict(plain["credentialSubject"])
    try:
        bits = bytearray(decoded(subject.get("encodedList")))
        old = value_at(bits, index, size)
    except StatusError as wrong:
        raise UsageError(f"{wrong.code}: {wrong.reason}") from wrong
    if not 0 <= value < 1 << size:
        raise UsageError(f"{value} does not fit in {size} bits")
    if old and not value and subject.get("statusPurpose") in FINAL:
        raise UsageError("a revocation is final", remedy="Issue the document again.")
    for offset in range(size):
        byte, place = divmod(index * size + offset, 8)
        mask = 0x80 >> place
        bits[byte] = bits[byte] | mask if value >> (size - 1 - offset) & 1 else bits[byte] & ~mask & 0xFF
    subject["encodedList"] = encoded(bytes(bits))
    return {**plain, "validFrom": format_moment(issued), "credentialSubject": subject}


def encoded(bits: bytes) -> str:
    """Bits as they stand in a list: GZIP, multibase base64url (section 3.1)."""
    return "u" + b64url(gzip.compress(bits, mtime=0))


def decoded(text: Any) -> bytes:
    """The bits of a list. Raises :class:`StatusError` for another form, and for more than :data:`BITS_MAX`.

    A missing multibase prefix is forgiven: lists made before the standard was final lack it.
    """
    data = from_b64url(text.removeprefix("u").rstrip("=")) if isinstance(text, str) else None
    if data is None:
        raise StatusError("STATUS_VERIFICATION_ERROR", plainer("The list is not base64url.", _DISORDER))
    unpacker = zlib.decompressobj(wbits=31)
    try:
        bits = unpacker.decompress(data, BITS_MAX // 8 + 1)
    except (zlib.error, binascii.Error) as wrong:
        raise StatusError("STATUS_VERIFICATION_ERROR", plainer("The list is not GZIP.", _DISORDER)) from wrong
    if len(bits) > BITS_MAX // 8 or not unpacker.eof or unpacker.unused_data:
        raise StatusError(
            "STATUS_VERIFICATION_ERROR", plainer("The list is longer than is unpacked here, or cut off.", _DISORDER)
        )
    return bits


def value_at(bits: bytes | bytearray, index: int, size: int = 1) -> int:
    """The value at ``index``, bit 0 the left-most (section 3.2). Raises :class:`StatusError` ``RANGE_ERROR``."""
    if index < 0 or (index + 1) * size > len(bits) * 8:
        raise StatusError("RANGE_ERROR", plainer(f"The list has no place {index}.", _DISORDER))
    value = 0
    for place in range(index * size, (index + 1) * size):
        value = value << 1 | (bits[place // 8] >> (7 - place % 8) & 1)
    return value


Judge = Callable[[bytes, datetime], tuple[bool, Said, Mapping[str, Any]]]
"""Whether a list's own proof and period hold at a moment, why not, and its credential."""
Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class _Edition:
    """A list that holds. ``known``: a moment at which it was current, by the word of whoever is believed in that;
    ``is_fetched``: its own host gave it for the moment that is asked for."""

    vc: Mapping[str, Any]
    known: datetime | None = None
    is_fetched: bool = False


class StatusLists:
    """Answers for documents that name status lists: from given lists first, then by ``fetch`` where there is one.

    ``fresh_max``: how long before the moment asked for a list may have been made. None: a fetched list is current, and
    a copy serves as long as it says itself (``ttl``), else for :data:`AGE_MAX`. ``brought``: further copies, which
    were current at ``known`` where the verifier vouches for that. A list that has ended (``validUntil``) never serves.
    ``fetch`` raises :class:`OSError` or an EntrepotError.
    """

    def __init__(
        self,
        given: Iterable[bytes] = (),
        *,
        fetch: Fetch | None = None,
        fresh_max: timedelta | None = None,
        brought: Iterable[bytes] = (),
        known: datetime | None = None,
    ) -> None:
        self._given: list[tuple[bytes, datetime | None]] = [(each, None) for each in given]
        self._given += [(each, known) for each in brought]
        self._fetch = fetch
        self._fresh_max = fresh_max
        self._opened: dict[tuple[str, datetime], tuple[_Edition, ...] | Standing] = {}
        self._bits: dict[int, bytes] = {}

    @cached_property
    def opened(self) -> tuple[Secured, ...]:
        """The lists that were given, taken apart; nothing of them is judged."""
        found = [open_secured(each)[0] for each, _ in self._given]
        return tuple(each for each in found if each is not None)

    def standing(self, stated: Any, *, issuer: str, at: datetime, judge: Judge) -> Standing:
        """What the lists say of the entries in ``credentialStatus`` as of ``at``: the worst of them."""
        entries = stated if isinstance(stated, list) else [stated]
        found = [self._entry(each, issuer, at, judge) for each in entries]
        order = {"invalid": 0, "unknown": 1, "valid": 2}
        unnamed = Standing("unknown", "status-malformed", said("The document names no entry of a status list."))
        return min(found or [unnamed], key=lambda each: order[each.status])

    def _entry(self, entry: Any, issuer: str, at: datetime, judge: Judge) -> Standing:
        if not isinstance(entry, Mapping) or entry.get("type") != ENTRY_TYPE:
            kind = entry.get("type") if isinstance(entry, Mapping) else entry
            reason = said("A status of type {kind} is not checked here.", kind=repr(str(kind)[:60]))
            return Standing("unknown", "status-unchecked", reason, "Ask the issuer whether it still holds.")
        purpose, url = entry.get("statusPurpose"), entry.get("statusListCredential")
        index, size = entry.get("statusListIndex"), entry.get("statusSize", 1)
        if not isinstance(index, str) or not (index.isascii() and index.isdigit()) or len(index) > _INDEX_DIGITS_MAX:
            return _unknown(
                "STATUS_VERIFICATION_ERROR", plainer("The document's place on its status list is no number.", _DISORDER)
            )
        if not isinstance(url, str) or not isinstance(purpose, str) or size not in range(1, SIZE_MAX + 1):
            return _unknown(
                "STATUS_VERIFICATION_ERROR",
                plainer("The document names no status list in the form of the standard.", _DISORDER),
            )
        lists = self._lists(url, at, judge)
        if isinstance(lists, Standing):
            return lists
        try:
            values = [self._value(each.vc, issuer, purpose, (int(index), int(size))) for each in lists]
        except StatusError as wrong:
            return _unknown(wrong.code, said("{url}: {reason}", url=url[:200], reason=wrong.reason))
        # What is final and was set once stays set, whatever another edition says.
        newest = max(values) if purpose in FINAL else values[0]
        stated = _said(purpose, newest, entry)
        # That something is set for good, an old list tells as well as a new one.
        found = stated if purpose in FINAL and newest and _made(lists[0]) <= at else None
        found = found or self._aged(lists[0], at) or _later(lists[0].vc, at, purpose, newest) or stated
        # How old the word is that counts, the reader must see: a list that was replaced holds as well as ever.
        made = said("The list is of an unknown time.")
        if "validFrom" in lists[0].vc:
            made = said("The list is of {moment}.", moment=str(lists[0].vc["validFrom"])[:40])
        return replace(found, reason=together(found.reason, made))

    def _lists(self, url: str, at: datetime, judge: Judge) -> tuple[_Edition, ...] | Standing:
        key = (url, at)
        if key not in self._opened:
            self._opened[key] = self._look_up(url, at, judge)
        return self._opened[key]

    def _look_up(self, url: str, at: datetime, judge: Judge) -> tuple[_Edition, ...] | Standing:
        """Every edition of the list that was given, the one that counts first; else the one that is fetched."""
        found = [(*judge(given, at), known) for given, known in self._given]
        found = [each for each in found if each[2].get("id") == url]
        if found:
            broken = next((reason for holds, reason, *_ in found if not holds), None)
            if broken is not None:
                return _unknown("STATUS_VERIFICATION_ERROR", said("{url}: {reason}", url=url[:200], reason=broken))
            return _editions([_Edition(each, known) for *_, each, known in found], at)
        if self._fetch is None:
            return _unknown(
                "STATUS_RETRIEVAL_ERROR", said("{url} was not given, and nothing may be fetched.", url=url[:200])
            )
        mark = "&" if "?" in url else "?"
        try:
            body = self._fetch(f"{url}{mark}timestamp={quote(format_moment(at))}")
        except Exception as wrong:  # noqa: BLE001 - whatever keeps it from us, the status stays unknown
            return _unknown(
                "STATUS_RETRIEVAL_ERROR",
                said("{url}: {reason}", url=url[:200], reason=unfetched(wrong)),
            )
        holds, reason, credential = judge(body, at)
        if credential.get("id") != url:
            return _unknown("STATUS_VERIFICATION_ERROR", said("{url} answers with another document.", url=url[:200]))
        found_now = (_Edition(credential, is_fetched=True),)
        return (
            found_now
            if holds
            else _unknown("STATUS_VERIFICATION_ERROR", said("{url}: {reason}", url=url[:200], reason=reason))
        )

    def _value(self, credential: Mapping[str, Any], issuer: str, purpose: str, place: tuple[int, int]) -> int:
        subject = credential.get("credentialSubject")
        types = credential.get("type")
        if not isinstance(subject, Mapping) or not isinstance(types, list) or LIST_TYPE not in types:
            raise StatusError("STATUS_VERIFICATION_ERROR", plainer("It is no status list.", _DISORDER))
        named = credential.get("issuer")
        signer = named.get("id") if isinstance(named, Mapping) else named
        if signer != issuer:
            raise StatusError("STATUS_VERIFICATION_ERROR", said("The list is issued by somebody else."))
        stated = subject.get("statusPurpose")
        if purpose not in (stated if isinstance(stated, list) else [stated]):
            raise StatusError(
                "STATUS_VERIFICATION_ERROR",
                plainer(f"The list has another purpose than {purpose[:40]!r}.", _DISORDER),
            )
        bits = self._bits.get(id(credential))
        if bits is None:
            bits = self._bits[id(credential)] = decoded(subject.get("encodedList"))
        index, size = place
        if len(bits) * 8 // size < ENTRIES_MIN:
            raise StatusError(
                "STATUS_LIST_LENGTH_ERROR",
                plainer(f"The list holds fewer than {ENTRIES_MIN} entries.", _DISORDER),
            )
        return value_at(bits, index, size)

    def _aged(self, edition: _Edition, at: datetime) -> Standing | None:
        """Why the list is too old to answer; None where it is not."""
        bound = self._fresh_max
        if bound is None and edition.is_fetched:
            return None
        if bound is None:
            bound = _ttl(edition.vc)
        made = max(_made(edition), edition.known or _NEVER)
        if made > _NEVER and at - made <= bound:
            return None
        reason = said("The status list is older than is accepted, or does not say its age.")
        remedy = "Take the list anew, ask as of the time of the list with --at, or say how old it may be."
        return Standing("unknown", "status-stale", reason, remedy)


_NEVER = datetime.min.replace(tzinfo=UTC)


def _ttl(credential: Mapping[str, Any]) -> timedelta:
    """How long a copy serves."""
    ttl = credential["credentialSubject"].get("ttl")
    if isinstance(ttl, int) and not isinstance(ttl, bool) and 0 <= ttl < 10**13:
        return timedelta(milliseconds=ttl)
    return AGE_MAX


def _made(edition: _Edition) -> datetime:
    try:
        return parse_moment(edition.vc["validFrom"])
    except (KeyError, ValueError, TypeError):
        return _NEVER


def _editions(found: list[_Edition], at: datetime) -> tuple[_Edition, ...]:
    """The newest edition that was there at the moment first, then those before it; else the first made after it."""
    ordered = sorted(found, key=_made, reverse=True)
    before = tuple(each for each in ordered if _made(each) <= at)
    return before or (ordered[-1],)


def _later(credential: Mapping[str, Any], at: datetime, purpose: str, value: int) -> Standing | None:
    """A list made after the moment asked for tells only that what is final had not happened yet."""
    stated = credential.get("validFrom")
    try:
        is_later = isinstance(stated, str) and parse_moment(stated) > at
    except ValueError:
        is_later = False
    if not is_later or (purpose in FINAL and not value):
        return None
    reason = said("The status list is of a later time, and does not tell what held then.")
    return Standing("unknown", "status-later", reason, "Give the list of that time.")


_SET = {"revocation": ("revoked", said("It is revoked.")), "suspension": ("suspended", said("It is suspended."))}
_CLEAR = {"revocation": said("It is not revoked."), "suspension": said("It is not suspended.")}


def _said(purpose: str, value: int, entry: Mapping[str, Any]) -> Standing:
    if purpose == "message":
        return _message(value, entry)
    if value and purpose in ("revocation", "suspension"):
        word, reason = _SET[purpose]
        return Standing("invalid", word, reason, "Ask the issuer.")
    if purpose in _CLEAR and not value:
        return Standing("valid", "status-clear", _CLEAR[purpose])
    if value:
        return Standing("valid", "status-set", said("Its status {purpose} is set.", purpose=purpose[:40]))
    return Standing("valid", "status-clear", said("Its status {purpose} is not set.", purpose=purpose[:40]))


def _message(value: int, entry: Mapping[str, Any]) -> Standing:
    stated = entry.get("statusMessage")
    for each in stated if isinstance(stated, list) else []:
        if isinstance(each, Mapping) and each.get("status") in (f"0x{value:x}", hex(value)):
            return Standing(
                "valid",
                "status-message",
                said("Its issuer says of its status: {message}", message=str(each.get("message"))[:200]),
            )
    return Standing("valid", "status-message", said("Its status is {value}.", value=hex(value)))


def _unknown(code: str, reason: Said) -> Standing:
    return Standing("unknown", code, reason, "Give the issuer's current list with --status-list.")
