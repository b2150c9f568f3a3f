"""Records signed outside the use cases, as a peer's own program would."""

from dataclasses import replace

from entrepot.base.digest import b64url
from entrepot.base.record import record_of
from entrepot.flow.envelope import Envelope, SentProof, write_envelope
from entrepot.flow.issue import sign
from entrepot.flow.peer import peers


def forged(office, content, signatory):
    """A record signed outside the use cases, as an envelope."""
    record = record_of(content)
    proofs = tuple(SentProof(securing=p.securing, body=p.body.decode()) for p in sign(office, record, signatory))
    return record, write_envelope(Envelope(proofs=proofs))


def content_of(script, record_id, **changes):
    """The content of a record of the exporter, changed."""
    content = script.exporter.journal.record(record_id).content
    return replace(content, **({"nonce": b64url(script.world.entropy(16))} | changes))


def sender_of(script):
    return peers(script.importer)[0]
