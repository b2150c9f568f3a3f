"""The file of witness proofs: which version each witness has approved.

did:webvh 1.0, "The Witness Proofs File" and "Verifying Witness Proofs During Resolution". A proof for a version
approves all versions before it; proofs for versions that the log does not hold count for nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.party._webvh10.entry import proof_holds, proof_key, proved
from entrepot.party._webvh10.fault import Fault, Refused
from entrepot.party._webvh10.parameter import Witnesses
from entrepot.party.did import did_key
from entrepot.party.jws import Signer

LIMITS = JsonLimits(bytes_max=1 << 20, depth_max=8)


@dataclass(frozen=True, slots=True)
class Approvals:
    """``latest``: did:key of a witness -> greatest number of a version with a proof of it that holds. ``later``: a
    versionId after the last of the log that a witness has approved; empty where there is none."""

    latest: Mapping[str, int]
    later: str = ""
    has_foreign: bool = False
    has_broken: bool = False

    def fault(self, wanted: Witnesses, number: int) -> Fault | None:
        """Why version ``number`` is not approved by ``wanted``; None where it is."""
        count = sum(1 for each in wanted.dids if self.latest.get(each, 0) >= number)
        if count >= wanted.threshold:
            return None
        code = "webvh-witness-unmet"
        if self.has_broken:
            code = "webvh-witness-signature"
        elif self.later:
            return Refused("webvh-cut-short", number, what=self.later).fault
        elif self.has_foreign and not self.latest:
            code = "webvh-witness-foreign"
        return Refused(code, number, what=f"{count} of {wanted.threshold}").fault


def read_approvals(data: bytes, version_ids: Iterable[str], witnesses: Iterable[str]) -> Approvals:
    """What the file says of these versions and these witnesses. Raises :class:`Refused` where it cannot be read."""
    value, findings = read_json(data, LIMITS)
    if findings or not isinstance(value, list):
        raise Refused("webvh-witness-file", what=findings[0].text if findings else "it is no array")
    numbers = {version_id: number for number, version_id in enumerate(version_ids, 1)}
    known, latest = frozenset(witnesses), dict[str, int]()
    foreign = broken = False
    later = ""
    for item in value:
        version_id, proofs = _item(item)
        number = numbers.get(version_id, 0)
        foreign |= number == 0
        if number_in(version_id) > len(numbers) and any(_approver(version_id, each, known) for each in proofs):
            later = version_id
        for proof in proofs if number else ():
            did = _approver(version_id, proof, known)
            broken |= did is None
            if did:
                latest[did] = max(number, latest.get(did, 0))
    return Approvals(latest, later, foreign, broken)


def number_in(version_id: str) -> int:
    """The number that a versionId begins with; 0 where it begins with none."""
    number, mark, _ = version_id.partition("-")
    return int(number) if mark and number.isascii() and number.isdigit() and len(number) < 10 else 0


def _item(item: Any) -> tuple[str, list[Any]]:
    version_id = item.get("versionId") if isinstance(item, dict) else None
    proofs = item.get("proof", []) if isinstance(item, dict) else None
    proofs = [proofs] if isinstance(proofs, dict) else proofs
    if not isinstance(version_id, str) or not isinstance(proofs, list):
        raise Refused("webvh-witness-file", what="an item has no versionId, or no proofs")
    return version_id, proofs


def _approver(version_id: str, proof: Any, known: frozenset[str]) -> str | None:
    """The known witness whose proof of ``version_id`` this is; empty for a stranger's, None where it does not hold."""
    try:
        key = proof_key(proof, 0) if isinstance(proof, dict) else None
    except Refused:
        return None
    if key is None:
        return None
    did = did_key(key)
    if did not in known:
        return ""
    return did if proof_holds({"versionId": version_id}, proof, key) else None


def approval(version_id: str, signer: Signer, created: datetime) -> dict[str, Any]:
    """A witness's proof of ``version_id``: one member of ``proof`` in the file."""
    return proved({"versionId": version_id}, signer, created)
