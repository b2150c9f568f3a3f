"""Credentials that are no records, and presentations of them."""

import json
import os
from datetime import UTC, datetime
from itertools import count

from entrepot.document.proof.integrity import hash_data, proof_options
from entrepot.document.proof.securing import Terms, secure
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.multibase import to_multibase

V2 = "https://www.w3.org/ns/credentials/v2"
_ids = count(1)


def credential(**more):
    """A credential about something, without issuer and proof."""
    return {
        "@context": [V2],
        "id": f"urn:example:credential-{next(_ids)}",
        "type": ["VerifiableCredential"],
        "credentialSubject": {"id": "urn:example:thing", "name": "A thing", "description": "It is there."},
    } | more


def issuing(*, purposes=(), securing="", **more):
    """A request to issue one."""
    options = {"statusPurposes": list(purposes)} | ({"securing": securing} if securing else {})
    return {"credential": credential(**more), "options": options}


def revoking(reference, *, status=True, purpose="revocation"):
    """A request to set a status."""
    return {
        "credentialId": reference,
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": purpose},
        "status": status,
    }


def key(curve=Curve.ED25519):
    """A key pair, its did:key, and the id of its method."""
    pair = KeyPair.generate(curve, os.urandom)
    return pair, did_key(pair.public), key_method_id(pair.public)


def base_proved():
    """A credential of somebody else with a base proof of ecdsa-sd-2023."""
    pair, did, method = key(Curve.P256)
    plain = credential(issuer=did)
    made = secure(plain, pair, method_id=method, securing="ecdsa-sd-2023", created=datetime.now(UTC),
                  terms=Terms(mandatory=["/issuer"], entropy=os.urandom))  # fmt: skip
    return json.loads(made)


def presentation(*, purpose="authentication", credentials=(), signer=None, **options):
    """A presentation by a holder under did:key; ``options``: further members of the proof."""
    pair, did, method = signer or key(Curve.ED25519)
    plain = {"@context": [V2], "type": ["VerifiablePresentation"], "holder": did}
    if credentials:
        plain["verifiableCredential"] = list(credentials)
    proof = proof_options(plain, "eddsa-rdfc-2022", method, "2026-01-01T00:00:00Z", purpose=purpose) | options
    return {**plain, "proof": {**proof, "proofValue": to_multibase(pair.sign(hash_data(plain, proof)))}}


def signed_for(issuer, **more):
    """A credential that names ``issuer`` (None: the signer itself), signed under somebody's did:key."""
    pair, did, method = key()
    plain = credential(issuer=issuer or did, **more)
    return json.loads(secure(plain, pair, method_id=method, securing="eddsa-jcs-2022", created=datetime.now(UTC)))
