"""The local configuration of each suite: which address of the node issues, derives and verifies what."""

import json
from urllib.parse import urlencode

NAME = "Entrepot"
HOLDER = "Digital Bazaar"
"""Under this name the suite for ECDSA looks for whoever derives (its ``config/runner.json``)."""
ISSUE, VERIFY, DERIVE = "credentials/issue", "credentials/verify", "credentials/derive"
BOTH_VERSIONS = {"supports": {"vc": ["1.1", "2.0"]}}


def local_config(name, stand):
    """The text of ``localConfig.cjs`` for the suite of that name."""
    settings = {"enableInteropTests": True, "testAllImplementations": False}
    config = {"settings": settings, "implementations": WIRED[name](stand)}
    return f"module.exports = {json.dumps(config, indent=2)};\n"


def _endpoint(stand, curve, path, tags, *, query=None, **more):
    did, token = stand.parties[curve]
    address = f"{stand.url}/api/v1/{path}" + (f"?{urlencode(query)}" if query else "")
    return {"id": did, "endpoint": address, "tags": tags, "headers": {"Authorization": f"Bearer {token}"}, **more}


def _issuer(stand, curve, securing, tags, **more):
    """The suites hand in contexts inside the credential, which the node takes where it is asked to."""
    return _endpoint(stand, curve, ISSUE, tags, query={"securing": securing, "inlineContexts": "true"}, **more)


def _verifier(stand, tags, path=VERIFY, **more):
    """Some suites verify credentials of issuers without a DID, of whom nothing but the proof can be known."""
    made = _endpoint(stand, "ed25519", path, tags, query={"checks": "proof"}, **more)
    del made["headers"]
    return made


def _data_model(stand):
    tags = ["vc2.0"]
    enveloping = ["EnvelopingProof"]
    return [{
        "name": NAME, "implementation": NAME,
        "issuers": [_issuer(stand, "ed25519", "eddsa-rdfc-2022", tags), _issuer(stand, "p256", "vc+jwt", enveloping)],
        "verifiers": [_verifier(stand, tags + enveloping)],
        "vpVerifiers": [_verifier(stand, tags + enveloping, "presentations/verify")],
    }]  # fmt: skip


def _eddsa(stand):
    suites = ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
    return [{
        "name": NAME, "implementation": NAME,
        "issuers": [_issuer(stand, "ed25519", each, [each], **BOTH_VERSIONS) for each in suites],
        "verifiers": [_verifier(stand, [each], **BOTH_VERSIONS) for each in suites],
    }]  # fmt: skip


def _ecdsa(stand):
    def part(name, curve, key_type, suites):
        keys = {"supportedEcdsaKeyTypes": [key_type], **BOTH_VERSIONS}
        all_keys = {"supportedEcdsaKeyTypes": ["P-256", "P-384"], **BOTH_VERSIONS}
        return {
            "name": name, "implementation": NAME,
            "issuers": [_issuer(stand, curve, each, [each], **keys) for each in suites],
            "verifiers": [_verifier(stand, [each], **all_keys) for each in suites],
        }  # fmt: skip

    whole = ["ecdsa-rdfc-2019", "ecdsa-jcs-2019"]
    holder = {"name": HOLDER, "implementation": NAME, "vcHolders": [_endpoint(stand, "p256", DERIVE, ["vcHolder"])]}
    return [
        part(NAME, "p256", "P-256", [*whole, "ecdsa-sd-2023"]), part(f"{NAME} P-384", "p384", "P-384", whole), holder,
    ]  # fmt: skip


def _status_list(stand):
    tags = ["BitstringStatusList"]
    kept = {"options": {"statusPurposes": ["revocation", "suspension"]}}
    return [{
        "name": NAME, "implementation": NAME,
        "issuers": [_issuer(stand, "ed25519", "eddsa-rdfc-2022", tags, **kept)],
        "verifiers": [_endpoint(stand, "ed25519", VERIFY, tags)],
    }]  # fmt: skip


WIRED = {
    "vc-data-model-2.0-test-suite": _data_model,
    "vc-di-eddsa-test-suite": _eddsa,
    "vc-di-ecdsa-test-suite": _ecdsa,
    "vc-bitstring-status-list-test-suite": _status_list,
}
