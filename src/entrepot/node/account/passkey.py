"""Passkeys: a device keeps a key for this node and opens it for its owner alone (W3C Web Authentication, level 2).

Verification of the owner (finger, face, code of the device) is required, so that one step is enough. The checks are
those of Yubico's fido2.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from entrepot.base.digest import sha256
from entrepot.node.account.models import Passkey, Person

PASSKEYS_MAX = 10
Options = tuple[str, dict[str, Any]]
"""What the browser is asked, as JSON, and what is to be remembered until it answers."""


def _server(origin: str) -> Fido2Server:
    host = origin.partition("://")[2].rpartition(":")[0] or origin.partition("://")[2]
    party = PublicKeyCredentialRpEntity(id=host, name="Entrepot")
    return Fido2Server(party, verify_origin=lambda found: found == origin)


def offer(person: Person, origin: str, secret: str) -> Options:
    """Options with which a browser makes a new passkey for ``person``; ``secret``: of the node, hides the number of
    the account from the device."""
    handle = hmac.new(secret.encode(), f"passkey/{person.pk}".encode(), hashlib.sha256).digest()
    user = PublicKeyCredentialUserEntity(id=handle, name=person.email, display_name=person.name)
    made, state = _server(origin).register_begin(
        user,
        credentials=[_kept(each) for each in Passkey.objects.filter(person=person)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return json.dumps(dict(made)["publicKey"]), dict(state)


def take(person: Person, origin: str, state: Mapping[str, Any], answer: str, *, now: datetime, name: str = "") -> bool:
    """Keep the passkey that a browser made, under the ``name`` that the person gave it; False where its answer
    does not hold, or there are enough already."""
    try:
        found = _server(origin).register_complete(dict(state), json.loads(answer))
    except (ValueError, TypeError, KeyError):
        return False
    made = found.credential_data
    if made is None or Passkey.objects.filter(person=person).count() >= PASSKEYS_MAX:
        return False
    values = {"person": person, "public": bytes(made).hex(), "count": found.counter, "added": now, "name": name}
    return Passkey.objects.get_or_create(digest=sha256(made.credential_id), defaults=values)[1]


def ask(origin: str) -> Options:
    """Options with which a browser shows a passkey of this node, whoever's it is."""
    made, state = _server(origin).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return json.dumps(dict(made)["publicKey"]), dict(state)


def recognise(origin: str, state: Mapping[str, Any], answer: str) -> Person | None:
    """Whose passkey answered; None where it is unknown or its answer does not hold."""
    try:
        response = AuthenticationResponse.from_dict(json.loads(answer))
        kept = Passkey.objects.select_related("person").filter(digest=sha256(response.raw_id)).first()
        if kept is None or not kept.person.is_active:
            return None
        _server(origin).authenticate_complete(dict(state), [_kept(kept)], response)
    except (ValueError, TypeError, KeyError):
        return None
    return kept.person if _counts_on(kept, response.response.authenticator_data) else None


def _counts_on(kept: Passkey, found: AuthenticatorData) -> bool:
    """Whether the device's counter went on (7.2, step 21): one that stands still was copied; devices may count not."""
    if found.counter == kept.count == 0:
        return True
    return Passkey.objects.filter(pk=kept.pk, count__lt=found.counter).update(count=found.counter) == 1


def _kept(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes.fromhex(passkey.public))
