"""Files that come in are looked at by a scanner, where the node has one, before they are kept.

What a party of this node brings is refused where the scanner finds something. A record that an admitted peer sent is
kept all the same, since refusing it would let two honest copies drift apart; its file is not, and the assessment says
which, and why. Where the scanner does not answer, what brings a file is not taken now.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from entrepot.base.finding import Finding
from entrepot.base.said import plainer, said
from entrepot.flow.assess import Checked, Verdict, judged, stop, warning
from entrepot.flow.error import ScannerAway
from entrepot.flow.office import Office
from entrepot.journal.port import Attachment

STANDARD = "the scanner of this node"
NAME = "scan"
HIT = "ENT-CORE-SCAN-02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """``files`` that may be kept; ``hits``: what was found in those that may not, by digest. ``is_scanned``: whether a
    scanner looked at any of them."""

    files: tuple[Attachment, ...] = ()
    hits: Mapping[str, str] = field(default_factory=dict)
    is_scanned: bool = False


def sift(office: Office, files: Sequence[Attachment], *, known: Collection[str] = ()) -> Sifted:
    """Look at ``files``, those aside whose digests are ``known``. All may be kept where the node has no scanner.

    Raises :class:`ScannerAway`.
    """
    asked = [each for each in files if each.digest not in known]
    if office.scan is None or not asked:
        return Sifted(files=tuple(files))
    found = dict(zip([each.digest for each in asked], office.scan([each.body for each in asked]), strict=True))
    hits = {digest: signature for digest, signature in found.items() if signature}
    kept = tuple(each for each in files if each.digest not in hits)
    return Sifted(files=kept, hits=hits, is_scanned=True)


def check_scanned(office: Office, files: Sequence[Attachment]) -> list[Checked]:
    """Whether something is in ``files`` that a party of this node brings: a stop. Raises :class:`ScannerAway`."""
    sifted = sift(office, files)
    found = [
        infected(sifted.hits[each.digest], path=f"$.attachments[{index}]")
        for index, each in enumerate(files)
        if each.digest in sifted.hits
    ]
    return [judged("form", NAME, STANDARD, found)] if sifted.is_scanned else []


def check_sifted(sifted: Sifted) -> list[Checked]:
    """What was found in the files of a record that a peer sent; no check at all where nothing looked."""
    if not sifted.is_scanned and not sifted.hits:
        return []
    verdict = Verdict.INVALID if sifted.hits else Verdict.VALID
    found = tuple(left_out(digest, signature) for digest, signature in sorted(sifted.hits.items()))
    return [Checked(stage="form", name=NAME, standard=STANDARD, verdict=verdict, findings=found)]


def hits_in(assessment: Mapping[str, Any] | None) -> dict[str, str]:
    """What a scanner found in files of a record, by digest, as its assessment says."""
    checks = (assessment or {}).get("checks", ())
    found = (each["params"] for check in checks for each in check["findings"] if each["id"] == HIT)
    return {each["digest"]: each["signature"] for each in found}


def found_in(office: Office, body: bytes) -> tuple[Finding, ...]:
    """What is in a file that is kept outside the log; nothing where the node has no scanner. Raises
    :class:`ScannerAway`."""
    signature = office.scan([body])[0] if office.scan is not None else ""
    return (infected(signature),) if signature else ()


def infected(signature: str, *, path: str = "$") -> Finding:
    """A file is refused."""
    return stop(
        "ENT-CORE-SCAN-01",
        "The scanner of this node found {signature} in the file; nothing of it was kept.",
        path=path,
        source=STANDARD,
        remedy="Send it from a clean device. Where you are sure that it is harmless, ask the operator of this node.",
        signature=signature,
    )


def left_out(digest: str, signature: str) -> Finding:
    """A file of a record that is kept is not kept with it."""
    return warning(
        HIT,
        "The scanner of this node found {signature} in the file {digest}; it is not kept here and not handed out.",
        path="$.attachments",
        source=STANDARD,
        remedy="Tell the sender, and ask for a clean file; one that is sent again is looked at anew.",
        digest=digest,
        signature=signature,
    )


def unscanned(why: ScannerAway) -> Finding:
    """Files cannot be looked at now."""
    return warning(
        "ENT-CORE-SCAN-03",
        "The files of the record cannot be looked at now: {why}.",
        path="$.attachments",
        source=STANDARD,
        remedy="Send it again later; the operator of this node must see to its scanner.",
        why=plainer(why.message, said("the scanner does not answer as it should")),
    )
