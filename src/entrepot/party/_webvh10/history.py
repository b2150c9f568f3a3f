"""The log as a whole: every entry checked after the one before it, and the versions that come of it.

did:webvh 1.0, "Read (Resolve)". What is found wrong ends the history there: the versions before it stay readable by
their id or number, as the method allows, but the newest version is then none.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from entrepot.base.canonical import NotCanonicalError
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.moment import format_moment, parse_moment
from entrepot.party._webvh10.address import WebvhDid, parse_webvh
from entrepot.party._webvh10.entry import check_proofs, entry_hash, is_multihash, key_hash, scid_of
from entrepot.party._webvh10.fault import Fault, Refused
from entrepot.party._webvh10.parameter import Parameters, Witnesses, first_parameters, next_parameters
from entrepot.party._webvh10.witness import read_approvals

LOG_BYTES_MAX = 4 << 20
ENTRIES_MAX = 2_000
"""Bounds of one log: a daily change for five years, with room for large documents."""
LINE_LIMITS = JsonLimits(bytes_max=128 * 1024, depth_max=24)
_MEMBERS = {"versionId": str, "versionTime": str, "parameters": dict, "state": dict}
_VERSION_ID = re.compile(r"([1-9][0-9]{0,8})-([1-9A-HJ-NP-Za-km-z]{1,100})")
WitnessFile = Callable[[], bytes | None]
"""Gives the file of witness proofs when it is needed, or None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version: ``time`` from which it holds, ``document`` as the log states it, ``parameters`` in force after it,
    ``signers`` (Multikeys), ``witnesses`` who had to approve it."""

    number: int
    id: str
    time: datetime
    stated_time: str
    did: WebvhDid
    document: Mapping[str, Any]
    parameters: Parameters
    signers: tuple[str, ...]
    witnesses: Witnesses | None


@dataclass(frozen=True, slots=True)
class History:
    """The versions that hold, oldest first, and what is wrong after them, if anything is. ``later``: the versionId of a
    version after them that a witness has approved; empty where none is known."""

    versions: tuple[Version, ...]
    fault: Fault | None = None
    later: str = ""

    def newest(self) -> Version | Fault:
        """The newest version; a fault anywhere in the log, for then it is unknown what is newest."""
        return self.fault or self.versions[-1]

    def at(self, moment: datetime) -> Version | Fault:
        """The version that held at ``moment``. Behind the last version that holds, a fault leaves that open."""
        before = [each for each in self.versions if each.time <= moment]
        if self.fault is not None and len(before) == len(self.versions):
            return self.fault
        return before[-1] if before else Refused("webvh-time-before", what=format_moment(moment)).fault

    def numbered(self, number: int) -> Version | Fault:
        """The version of that number, from 1."""
        if 1 <= number <= len(self.versions):
            return self.versions[number - 1]
        return self.fault or Refused("webvh-version-unknown", what=number).fault

    def named(self, version_id: str) -> Version | Fault:
        """The version of that ``versionId``."""
        found = [each for each in self.versions if each.id == version_id]
        return found[0] if found else self.fault or Refused("webvh-version-unknown", what=version_id).fault

    def until(self, version: Version) -> datetime | None:
        """When the version after ``version`` began to hold; None for the last."""
        return self.versions[version.number].time if version.number < len(self.versions) else None


def read_history(
    data: bytes,
    did: WebvhDid,
    *,
    witness: WitnessFile = lambda: None,
    witnessed: bool = True,
    now: datetime | None = None,
    seen: str = "",
) -> History:
    """Everything that the log ``data`` proves of ``did``.

    ``now``: entries after it are refused; without it, that is left to whoever asks for a moment. ``seen``: a versionId
    that was seen before, so that a log cut back behind it is refused. ``witnessed`` False: for whoever writes the log,
    before its witnesses have seen it.
    """
    versions: list[Version] = []
    fault = None
    try:
        for number, line in enumerate(_lines(data), 1):
            versions.append(_version(_entry(line, number), versions, did, now))
        if did.text not in {each.did.text for each in versions}:
            fault = Refused("webvh-did-mismatch", what=did.text).fault
            versions = []
        if seen and seen not in {each.id for each in versions}:
            fault = fault or Refused("webvh-rollback", what=seen).fault
    except Refused as refused:
        fault = refused.fault
        if did.text not in {each.did.text for each in versions}:
            versions = []
    history = History(tuple(versions), fault)
    return _witnessed(history, witness) if witnessed else history


def _lines(data: bytes) -> Sequence[bytes]:
    if len(data) > LOG_BYTES_MAX:
        raise Refused("webvh-log-too-large", what="", most=f"{LOG_BYTES_MAX} bytes")
    text = data.rstrip(b" \t\r\n")
    if not text:
        raise Refused("webvh-log-empty")
    if text.count(b"\n") >= ENTRIES_MAX:
        raise Refused("webvh-log-too-large", what="", most=f"{ENTRIES_MAX} entries")
    return text.split(b"\n")


def _entry(line: bytes, number: int) -> dict[str, Any]:
    value, findings = read_json(line, LINE_LIMITS)
    if findings or not isinstance(value, dict):
        raise Refused("webvh-line", number, what=findings[0].text if findings else "it is another value")
    for name, kind in _MEMBERS.items():
        if not isinstance(value.get(name), kind):
            raise Refused("webvh-entry-form", number, what=name)
    for name in value:
        if name not in _MEMBERS and name != "proof":
            raise Refused("webvh-entry-form", number, what=name)
    if not isinstance(value["state"].get("id"), str):
        raise Refused("webvh-entry-form", number, what="state.id")
    return value


def _version(entry: dict[str, Any], versions: Sequence[Version], did: WebvhDid, now: datetime | None) -> Version:
    number, before = len(versions) + 1, versions[-1] if versions else None
    stated = entry["parameters"]
    parameters = next_parameters(before.parameters, stated, number) if before else first_parameters(stated)
    time = _time(entry["versionTime"], before, now, number)
    try:
        if before is None:
            _check_scid(entry, parameters.scid, did)
        _check_id(entry, before.id if before else parameters.scid, number)
        signers = check_proofs(entry, _authorized(parameters, before, number), number)
    except NotCanonicalError as wrong:
        raise Refused("webvh-not-canonical", number, what=wrong.message) from None
    return Version(
        number=number,
        id=entry["versionId"],
        time=time,
        stated_time=entry["versionTime"],
        did=_moved(entry["state"], before, parameters, number),
        document=entry["state"],
        parameters=parameters,
        signers=signers,
        witnesses=(before.parameters.witnesses if before else None) or parameters.witnesses,
    )


def _time(text: str, before: Version | None, now: datetime | None, number: int) -> datetime:
    try:
        moment = parse_moment(text)
    except ValueError:
        raise Refused("webvh-time-form", number, what=text) from None
    if not text.upper().endswith(("Z", "+00:00")):
        raise Refused("webvh-time-form", number, what=text)
    if before is not None and moment <= before.time:
        raise Refused("webvh-time-order", number, what=text)
    if now is not None and moment > now:
        raise Refused("webvh-time-future", number, what=text)
    return moment


def _check_scid(entry: Mapping[str, Any], scid: str, did: WebvhDid) -> None:
    if not is_multihash(scid):
        raise Refused("webvh-hash-algorithm", 1, what=scid)
    wanted = scid_of(entry, scid)
    if wanted != scid:
        raise Refused("webvh-scid-mismatch", 1, what=scid, wanted=wanted)
    if scid != did.scid:
        raise Refused("webvh-scid-mismatch", 1, what=did.scid, wanted=scid)


def _check_id(entry: Mapping[str, Any], predecessor: str, number: int) -> None:
    found = _VERSION_ID.fullmatch(entry["versionId"])
    if found is None or int(found[1]) != number:
        raise Refused("webvh-version-number", number, what=entry["versionId"])
    if not is_multihash(found[2]):
        raise Refused("webvh-hash-algorithm", number, what=found[2])
    if entry_hash(entry, predecessor) != found[2]:
        raise Refused("webvh-entry-hash", number)


def _authorized(parameters: Parameters, before: Version | None, number: int) -> tuple[str, ...]:
    """The keys one of which must sign: those of the entry before, or its own where they were committed to."""
    if before is None:
        return parameters.update_keys
    committed = before.parameters.next_key_hashes
    if not committed:
        return before.parameters.update_keys
    for key in parameters.update_keys:
        if key_hash(key) not in committed:
            raise Refused("webvh-prerotation-hash", number, what=key)
    return parameters.update_keys


def _moved(state: Mapping[str, Any], before: Version | None, parameters: Parameters, number: int) -> WebvhDid:
    did = parse_webvh(state["id"])
    if did.scid != parameters.scid:
        code = "webvh-scid-changed" if before else "webvh-scid-mismatch"
        raise Refused(code, number, what=did.scid, wanted=parameters.scid)
    if before is not None and did.text != before.did.text:
        if not before.parameters.portable or not parameters.portable:
            raise Refused("webvh-not-portable", number, what=did.text)
        aliases = state.get("alsoKnownAs")
        if not isinstance(aliases, list) or before.did.text not in aliases:
            raise Refused("webvh-move-alias", number, what=before.did.text)
    return did


def _witnessed(history: History, witness: WitnessFile) -> History:
    """``history`` up to the first version that lacks the approval it needs."""
    needing = [each for each in history.versions if each.witnesses is not None]
    if not needing:
        return history
    fault: Fault | None = None
    try:
        data = witness()
        if data is None:
            raise Refused("webvh-witness-absent", needing[0].number, what="none was given")
        known = {did for each in needing if each.witnesses for did in each.witnesses.dids}
        approvals = read_approvals(data, [each.id for each in history.versions], known)
    except Refused as refused:
        return History(history.versions[: needing[0].number - 1], refused.fault)
    for each in needing:
        fault = approvals.fault(each.witnesses, each.number) if each.witnesses else None
        if fault is not None:
            return History(history.versions[: each.number - 1], fault)
    return replace(history, later=approvals.later)
