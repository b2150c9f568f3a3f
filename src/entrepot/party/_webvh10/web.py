"""The did:web beside a did:webvh, and the services that every did:webvh has without stating them.

did:webvh 1.0, "Publishing a Parallel did:web DID", "DID URL Path Resolution", "whois LinkedVP Service".
"""

import json
from collections.abc import Mapping
from typing import Any

from entrepot.party._webvh10.address import PREFIX, WebvhDid

LINKED_VP = "https://identity.foundation/linked-vp/contexts/v1"


def with_services(document: Mapping[str, Any], did: WebvhDid) -> dict[str, Any]:
    """``document`` with ``#files`` and ``#whois`` where it does not state them itself."""
    stated = document.get("service")
    services = list(stated) if isinstance(stated, list) else []
    named = {str(each.get("id")).removeprefix(did.text) for each in services if isinstance(each, Mapping)}
    implied = [
        {"id": "#files", "type": "relativeRef", "serviceEndpoint": did.base_url},
        {
            "@context": LINKED_VP,
            "id": "#whois",
            "type": "LinkedVerifiablePresentation",
            "serviceEndpoint": f"{did.base_url}/whois.vp",
        },
    ]
    return {**document, "service": services + [each for each in implied if each["id"] not in named]}


def web_document(document: Mapping[str, Any], did: WebvhDid) -> dict[str, Any]:
    """The document of the did:web at the same place; its ``alsoKnownAs`` names the did:webvh, never itself."""
    text = json.dumps(with_services(document, did), ensure_ascii=False)
    web: dict[str, Any] = json.loads(text.replace(f"{PREFIX}{did.scid}:", "did:web:"))
    stated = web.get("alsoKnownAs")
    others = [each for each in (stated if isinstance(stated, list) else []) if each != did.web]
    return {**web, "alsoKnownAs": list(dict.fromkeys([*others, did.text]))}
