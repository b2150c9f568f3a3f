"""The four functions of a corporate identity: signing in, signing, filling in forms, keeping licences.

They are the functions that economies announce for their digital corporate identities. No public wire specification of
such a scheme is known here, so this is an interface with a local provider, and no claim to conform to any of them. A
provider for a scheme is written by implementing :class:`CorporateIdentity`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

from entrepot.base.shape import Did, Digest, Length, Name
from entrepot.document.control import Challenge
from entrepot.document.verify.report import Result

Field = Literal["name", "economy", "did", "number", "scheme", "address", "email"]
"""What a form may ask for. ``number``: the business number; ``scheme``: the URI or name of its scheme."""
LicenceState = Literal["in_force", "expired", "not_yet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRequest:
    """A credential without proof that is to be signed, and the mandates under which, the signer's own first.

    Without mandates the party signs in its own name and is the issuer; with them the issuer is whom the first binds.
    ``accepted``: who takes it upon themselves that it is signed although it is unknown whether the mandate allows it.
    """

    document: Mapping[str, Any]
    mandates: Sequence[bytes] = ()
    securing: str = "vc+jwt"
    accepted: "Accepting | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """A named person who accepts what is unknown, and why."""

    person: Name
    reason: Annotated[str, Length(3, 1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What is kept where a document was signed although something about its mandate is unknown: who accepted that and
    why, the answer on the mandate as it was then, and the SHA-256 of what was signed."""

    by: Accepting
    code: Annotated[str, Length(1, 100)]
    unknown: Annotated[str, Length(1, 2000)]
    digest: Digest
    at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """``data``: the signed document, None where it was not signed. ``mandate``: what a verifier is told of the mandate,
    or why nothing was signed."""

    data: bytes | None
    mandate: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form that ``audience`` (a DID or URL) wants filled in for ``purpose``."""

    audience: Annotated[str, Length(1, 500)]
    purpose: Name
    fields: Annotated[tuple[Field, ...], Length(1, 20)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """That these fields, and no others, may be told to ``audience`` for ``purpose``, until ``until``."""

    audience: Annotated[str, Length(1, 500)]
    purpose: Name
    fields: Annotated[tuple[Field, ...], Length(0, 20)]
    given: datetime
    until: datetime

    def allows(self, form: Form, field: Field, at: datetime) -> bool:
        """Whether a field of that form may be told at that moment."""
        same = (self.audience, self.purpose) == (form.audience, form.purpose)
        return same and field in self.fields and self.given <= at <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One field's value, and where it is from: ``registrar`` (an identity anchor that verifies, by ``by``) or ``kept``
    (what the party says of itself)."""

    field: Field
    value: str
    source: Literal["registrar", "kept"]
    by: Did | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefilled:
    """A form filled in. ``withheld``: asked for and not consented to; ``unknown``: consented to, and not known."""

    filled: tuple[Filled, ...] = ()
    withheld: tuple[Field, ...] = ()
    unknown: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A kept credential: licence, permit, anchor, mandate. ``id``: that under which it is kept; ``subject``: whom it is
    about. ``state``: by its own period at the moment asked for, whatever its status list says."""

    id: Annotated[str, Length(32, 32)]
    credential: str
    types: tuple[str, ...]
    issuer: str
    subject: str
    since: datetime | None
    until: datetime | None
    state: LicenceState


class CorporateIdentity(Protocol):
    """What a provider of a corporate identity does for one party."""

    def sign_in(self, challenge: Challenge) -> bytes:
        """The answer to a challenge: a presentation that shows control of the party's DID.

        Raises ``UsageError`` for a challenge that is for another DID or has expired.
        """
        ...

    def sign(self, request: SigningRequest) -> Signed:
        """The document signed by the party's key, where a mandate is known to allow it, or whether it does is unknown
        and somebody accepts that; the acceptance is kept first."""
        ...

    def prefill(self, form: Form, consent: Consent) -> Prefilled:
        """The fields that ``consent`` allows; the consent is kept, whatever comes of it."""
        ...

    def keep_licence(self, data: bytes) -> Licence:
        """Keep a credential. Raises ``UsageError`` for what is none."""
        ...

    def licences(self) -> tuple[Licence, ...]:
        """All that are kept, those that end first before the others."""
        ...

    def show_licence(self, licence_id: str) -> bytes:
        """A kept credential as it came. Raises ``UsageError`` where there is none."""
        ...
