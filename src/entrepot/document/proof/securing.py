"""Securing: a record, or any credential, signed as ``vc+jwt`` or with a Data Integrity proof."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment
from entrepot.base.record import Record
from entrepot.document.proof.credential import credential_of
from entrepot.document.proof.integrity import CRYPTOSUITES, hash_data, proof_options
from entrepot.party.jws import Signer, sign_jws
from entrepot.party.multibase import to_multibase

SECURINGS = ("vc+jwt", *CRYPTOSUITES)
"""The names of the securings that are issued; a file is called ``<id>.<securing>.json`` or ``.jwt``."""


def secure(
    document: Record | Mapping[str, Any], signer: Signer, *, method_id: str, securing: str, created: datetime
) -> bytes:
    """``document`` signed by ``signer`` under the DID URL ``method_id``: the bytes to send and to keep.

    ``vc+jwt``: compact JWS of the canonical credential (VC-JOSE-COSE 1.0, 3.1); ``created`` does not appear in it.
    Data Integrity suites: canonical JSON with the proof inside. Raises :class:`UsageError` for a securing that does
    not exist or does not fit the key, and for a context that stands in the document instead of being named.
    """
    credential = credential_of(document) if isinstance(document, Record) else dict(document)
    contexts = credential.get("@context")
    if not isinstance(contexts, list) or not all(isinstance(each, str) for each in contexts):
        raise UsageError("contexts must be a list of URLs", remedy="Name the context by its URL.")
    if securing == "vc+jwt":
        header = {"typ": "vc+jwt", "cty": "vc", "kid": method_id}
        return sign_jws(header, canonical(credential), signer).encode("ascii")
    if CRYPTOSUITES.get(securing) is not signer.public.curve:
        raise UsageError(f"{securing} does not take a key of {signer.public.curve}", remedy="See SECURINGS.")
    options = proof_options(credential, securing, method_id, format_moment(created))
    value = to_multibase(signer.sign(hash_data(credential, options)))
    return canonical({**credential, "proof": {**options, "proofValue": value}})
