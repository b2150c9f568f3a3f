"""A document taken apart: the credential inside and each proof, with what the proof says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entrepot.base.said import UNSAID, Said, said
from entrepot.party.jws import Jws
from entrepot.party.key import Curve

if TYPE_CHECKING:
    from entrepot.document.proof.sdjwt import SdJwt

PROOFS_MAX = 20
"""Proofs that one document may carry."""
ENCODING = "signature-encoding"
"""Code of a signature that is not written in the one way that its securing has."""
ASSERTION = "assertionMethod"
"""The purpose of a proof by which an issuer states something (Data Integrity 1.0, 2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One proof. ``securing``: ``vc+jwt``, ``dc+sd-jwt`` or the cryptosuite's name. ``method``: DID URL of the key,
    as claimed. ``curve``: the key it takes, None where several would do.

    ``fault``, ``fault_code``: why it cannot hold, empty if nothing is seen yet. ``unsupported``: why it is not judged.
    ``members``: the JOSE header, or the Data Integrity proof. ``previous``: the proofs that it builds upon.
    ``is_partial``: whether its document may be a part of what was signed, chosen by a holder.
    """

    securing: str
    method: str
    purpose: str
    members: Mapping[str, Any]
    curve: Curve | None = None
    fault: Said = UNSAID
    fault_code: str = "proof-malformed"
    unsupported: Said = UNSAID
    jws: Jws | None = None
    previous: tuple[Mapping[str, Any], ...] = ()
    sd: "SdJwt | None" = None
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Secured:
    """A credential (or whatever object stood in its place) and its proofs; none where it is not secured."""

    vc: Mapping[str, Any]
    proofs: tuple[Proof, ...]

    @property
    def securing(self) -> str:
        """Name of the first proof's securing; empty where there is none."""
        return self.proofs[0].securing if self.proofs else ""

    @property
    def method(self) -> str:
        """DID URL of the first proof's key, as claimed; empty where there is none."""
        return self.proofs[0].method if self.proofs else ""

    @property
    def is_enveloped(self) -> bool:
        """Whether it came as the payload of a JWS."""
        return any(each.jws is not None for each in self.proofs)

    @property
    def is_partial(self) -> bool:
        """Whether it may be a part of what its issuer signed: it proves statements, and is no record."""
        return any(each.is_partial for each in self.proofs)

    @property
    def issuer(self) -> str:
        """The id of the issuer that the credential names; empty where it names none."""
        return issuer_of(self.vc)


MISWRITTEN = said("The signature is not written as it must be.")
"""What is told of a fault in the form of a signature in other languages than English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Whether one proof holds under one key. ``is_unknown``: nothing can be said; ``code`` and ``reason`` say why."""

    holds: bool
    code: str = ""
    reason: Said = UNSAID
    remedy: str = ""
    is_unknown: bool = False


def issuer_of(vc: Mapping[str, Any]) -> str:
    """The id of a credential's issuer (VCDM 2.0, 4.7; of an SD-JWT VC the claim ``iss``), or an empty text."""
    issuer = vc.get("issuer")
    name = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if issuer is None and "vct" in vc:
        name = vc.get("iss")
    return name if isinstance(name, str) else ""


def holder_of(presentation: Mapping[str, Any]) -> str:
    """The id of the holder that a presentation names; empty where it names none."""
    stated = presentation.get("holder")
    name = stated.get("id") if isinstance(stated, Mapping) else stated
    return name if isinstance(name, str) else ""
