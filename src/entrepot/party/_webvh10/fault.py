"""What can be wrong with a did:webvh: one stable code each, with the sentence that explains it.

The codes are ours; beside them stands the code of DID Resolution, ``invalidDid`` or ``notFound``, which are all that
the method knows (did:webvh 1.0, "Read (Resolve)").
"""

from dataclasses import dataclass

from entrepot.base.said import Said, fill, plainer, said
from entrepot.party.error import MALFORMED

INVALID = "invalidDid"
NOT_FOUND = "notFound"
REASONS: dict[str, str] = {
    # The identifier
    "webvh-did-form": "{what} is not a did:webvh with a SCID of 46 base58 characters and a domain",
    "webvh-fragment": "a fragment, query or slash stands inside the identifier: {what}",
    "webvh-host-address": "the identifier names an address, not a host: {what}",
    "webvh-host-form": "the identifier names no host: {what}",
    "webvh-port": "the identifier names a wrong port: {what}",
    "webvh-path": "a path segment is empty, leaves the folder, or is not percent-encoded: {what}",
    # Reading the log
    "webvh-log-empty": "the log has no entry",
    "webvh-log-too-large": "the log has more than {most}",
    "webvh-line": "line {number} is not a JSON object: {what}",
    "webvh-entry-form": "entry {number} has not exactly the members of an entry in their types: {what}",
    "webvh-not-canonical": "entry {number} has no canonical form: {what}",
    # The chain
    "webvh-method-version": "entry {number} is written under {what}, and did:webvh:1.0 alone is read here",
    "webvh-hash-algorithm": "entry {number}: {what} is not a SHA-256 multihash in base58btc",
    "webvh-scid-mismatch": "the SCID {what} is not that of the first entry, {wanted}",
    "webvh-scid-repeated": "entry {number} states a SCID again",
    "webvh-scid-changed": "entry {number} moves to an identifier with another SCID, {what}",
    "webvh-did-mismatch": "no version of the document is that of {what}",
    "webvh-version-number": "entry {number} has the versionId {what}: entries are missing, reordered or repeated",
    "webvh-entry-hash": "entry {number} is not the one that its versionId names, or does not follow the one before",
    "webvh-time-form": "entry {number}: versionTime {what} is not a moment in UTC",
    "webvh-time-order": "entry {number}: versionTime {what} is not after that of the entry before",
    "webvh-time-future": "entry {number}: versionTime {what} lies in the future",
    "webvh-after-deactivation": "entry {number} follows the entry that deactivated the identifier",
    # Parameters
    "webvh-parameter-unknown": "entry {number}: did:webvh 1.0 knows no parameter {what}",
    "webvh-parameter-form": "entry {number}: the parameter {what} is missing or has a value that is not allowed",
    "webvh-portable-late": "entry {number} makes portable what did not start so",
    "webvh-not-portable": "entry {number} moves an identifier that is not portable to {what}",
    "webvh-move-alias": "entry {number} moves without naming {what} in alsoKnownAs",
    "webvh-prerotation-keys": "entry {number} leaves out its update keys although keys were committed to before",
    "webvh-prerotation-next": "entry {number} leaves out nextKeyHashes although keys were committed to before",
    "webvh-prerotation-hash": "entry {number}: nobody committed to the update key {what} before",
    # Proofs
    "webvh-proof-form": "entry {number}: {what}",
    "webvh-cryptosuite": "entry {number} is secured by {what}, and eddsa-jcs-2022 alone is allowed",
    "webvh-proof-purpose": "entry {number}: the proof is made for {what}, not for assertionMethod",
    "webvh-key-fragment": "entry {number}: {what} is not a did:key whose fragment repeats its body",
    "webvh-key-not-authorized": "entry {number}: {what} is no update key at that point",
    "webvh-signature": "entry {number}: the signature under {what} does not hold",
    # Witnesses
    "webvh-witness-form": "entry {number}: {what}",
    "webvh-witness-threshold": "entry {number}: a threshold of {what} does not lie between 1 and the witnesses",
    "webvh-witness-duplicate": "entry {number} names the witness {what} twice",
    "webvh-witness-file": "the file of witness proofs cannot be read: {what}",
    "webvh-witness-absent": "entry {number} needs witnesses, and no file of witness proofs is at hand: {what}",
    "webvh-witness-foreign": "entry {number}: the witness proofs are those of another log",
    "webvh-witness-signature": "entry {number}: a witness proof does not hold, and too few others do ({what})",
    "webvh-witness-unmet": "entry {number}: too few witnesses approve it ({what})",
    # What was asked for
    "webvh-version-unknown": "the log has no version {what}",
    "webvh-time-before": "the identifier did not exist at {what}",
    "webvh-forked": "the logs that were given part ways: one of them is not what its identifier published",
    "webvh-cut-short": "the log lacks version {what}, which its witnesses have approved",
    "webvh-rollback": "the log lacks version {what}, which was seen before",
}
"""Code -> sentence; its places are filled when the fault is found."""
UNREADABLE = frozenset({"webvh-log-empty", "webvh-log-too-large"})
"""Codes that say that nothing at all could be read, as does ``webvh-line`` for the first line."""
_BROKEN = said("The log of the identifier does not hold.")
_PLAIN = (
    (
        ("webvh-did-form", "webvh-fragment", "webvh-host-address", "webvh-host-form", "webvh-port", "webvh-path"),
        MALFORMED,
    ),
    (("webvh-log-empty", "webvh-log-too-large", "webvh-line"), said("The log of the identifier cannot be read.")),
    (("webvh-version-unknown", "webvh-did-mismatch"), said("The log of the identifier has no such version.")),
    (("webvh-time-before",), said("The identifier did not exist at that moment.")),
    (("webvh-cut-short", "webvh-rollback"), said("The log of the identifier was cut short.")),
    (("webvh-forked",), said("The logs of the identifier that were given part ways.")),
)
"""Codes -> what is told of them in other languages; of all others that the log does not hold."""
_NOT_FOUND = frozenset({"webvh-version-unknown", "webvh-time-before", "webvh-witness-absent", "webvh-cut-short"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a did:webvh, or one version of it, does not resolve. ``number``: of the entry at fault, from 1; else 0."""

    code: str
    reason: str
    number: int = 0

    @property
    def told(self) -> Said:
        """The reason, and in other languages than English what kind of reason it is."""
        return plainer(self.reason, next((words for codes, words in _PLAIN if self.code in codes), _BROKEN))

    @property
    def error(self) -> str:
        """The code of DID Resolution."""
        return NOT_FOUND if self.code in _NOT_FOUND else INVALID

    @property
    def is_unreadable(self) -> bool:
        """Whether nothing at all could be read of the log."""
        return self.code in UNREADABLE or (self.code == "webvh-line" and self.number == 1)


class Refused(Exception):
    """Ends the checks inside this package; at its edge it becomes a :class:`Fault`."""

    def __init__(self, code: str, number: int = 0, **params: object) -> None:
        shown = {name: str(value)[:200] for name, value in params.items()}
        self.fault = Fault(code, fill(REASONS[code], {"number": str(number), **shown}), number)
        super().__init__(self.fault.reason)
