"""What a party says in no sale: a hold, a refusal, that it accepts unknown law and erases, who keeps a desk."""

from collections.abc import Mapping
from typing import Any

from entrepot.base.digest import b64url
from entrepot.base.record import Content, record_of
from entrepot.flow.issue import sign
from entrepot.flow.kinds import READERS
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
    """The append of a signed record that its issuer alone reads, or everybody, by its kind;
    ``streams``: further ones beside the issuer's own."""
    nonce, is_public = b64url(office.entropy(16)), not READERS[kind]
    content = Content(
        kind=kind,
        version=1,
        issuer=signatory.did,
        number=f"{NUMBERS[kind]}-{nonce}",
        nonce=nonce,
        issued=office.clock().replace(microsecond=0),
        after=after,
        audience=() if is_public else (signatory.did,),
        payload=dict(payload),
    )
    record = record_of(content)
    return Append(
        record=record,
        streams={f"issuer/{signatory.did}": ANY, **(streams or {})},
        proofs=sign(office, record, signatory),
        assessment={"checks": []},
        personal=not is_public,
    )
