"""A presentation taken apart: JSON with proofs, a vp+jwt, or the envelope of one (VCDM 2.0, 4.13; VC-JOSE-COSE 1.0)."""

from entrepot.base.finding import Finding
from entrepot.base.jsontext import read_json
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.proof.model import items_of
from entrepot.document.proof.opened import LIMITS, TokenForm, finding, open_jws, open_secured
from entrepot.document.proof.secured import Secured

AUTHENTICATION = "authentication"
"""The purpose of a proof by which a holder shows that it is there (Data Integrity 1.0, 2.1)."""
ENVELOPE = "data:application/vp+jwt,"
VP_JWT = TokenForm("vp+jwt", ("vp+jwt", "application/vp+jwt"), AUTHENTICATION)


def open_presentation(data: bytes) -> tuple[Secured | None, tuple[Finding, ...]]:
    """``data`` taken apart; None with findings where it is no presentation. Nothing is verified yet."""
    if len(data) <= LIMITS.bytes_max and data.lstrip()[:1] != b"{":
        return open_jws(data, VP_JWT)
    value, findings = read_json(data, LIMITS)
    if findings or not isinstance(value, dict):
        return None, findings or (finding(1, "A presentation is a JSON object."),)
    inner = value.get("id")
    if "EnvelopedVerifiablePresentation" in items_of(value.get("type")):
        if items_of(value.get("@context"))[:1] != [CREDENTIALS_V2]:
            return None, (finding(4, "The envelope names no context that defines it (VCDM 2.0, 4.13.2)."),)
        if not isinstance(inner, str) or not inner.startswith(ENVELOPE):
            return None, (finding(5, "The envelope holds no vp+jwt in a data URL (VCDM 2.0, 4.13.2)."),)
        return open_jws(inner.partition(",")[2].encode(), VP_JWT)
    return open_secured(data)
