"""What a party says for itself alone, in no sale: a hold, a refusal, that it accepts unknown law and erases."""

from collections.abc import Mapping
from typing import Any

from entrepot.base.digest import b64url
from entrepot.base.record import Content, record_of
from entrepot.flow.issue import sign
from entrepot.flow.office import Office, Signatory
from entrepot.journal.port import ANY, Append

NUMBERS = {
    "legal-hold": "LH",
    "legal-hold-lift": "LL",
    "erasure-refusal": "RF",
    "erasure-acceptance": "EA",
    "agency-appointment": "AA",
}
"""How the business numbers of these kinds begin."""


def own_word(
    office: Office,
    signatory: Signatory,
    kind: str,
    payload: Mapping[str, Any],
    *,
    after: tuple[str, ...] = (),
    streams: Mapping[str, int] | None = None,
) -> Append:
    """The append of a signed record that its issuer alone reads; ``streams``: further ones beside the issuer's own."""
    nonce = b64url(office.entropy(16))
    content = Content(
        kind=kind,
        version=1,
        issuer=signatory.did,
        number=f"{NUMBERS[kind]}-{nonce}",
        nonce=nonce,
        issued=office.clock().replace(microsecond=0),
        after=after,
        audience=(signatory.did,),
        payload=dict(payload),
    )
    record = record_of(content)
    return Append(
        record=record,
        streams={f"issuer/{signatory.did}": ANY, **(streams or {})},
        proofs=sign(office, record, signatory),
        assessment={"checks": []},
        personal=True,
    )
