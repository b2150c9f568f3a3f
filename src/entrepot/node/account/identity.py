"""Signing in with a corporate identity of elsewhere: whoever shows control of its DID acts for it here.

The answer is judged by :func:`entrepot.document.control.check_answer`, as registrars judge it; the DID is resolved by
the guarded fetcher. Nothing else is believed: the name of such a party here is its DID.
"""

import json
from dataclasses import replace

from entrepot.base.digest import sha256
from entrepot.base.said import said
from entrepot.base.shape import dump, parse
from entrepot.document.control import Challenge, check_answer, new_challenge, nonce_of
from entrepot.document.verify.report import Result, Verdict
from entrepot.flow.office import Office
from entrepot.node.access.models import Role
from entrepot.node.account.models import Identity, Membership, OpenChallenge, Person

UNASKED = Result(
    Verdict.INVALID,
    "challenge-unknown",
    said("The answer is to no challenge that is open here for this browser."),
    "Ask for a new challenge and answer that.",
)
"""Nothing is open here: the answer came a second time, or too late."""
ANOTHER = replace(UNASKED)
"""One is open here, and this answers another: told alike, and counted as a refusal."""


class KeptChallenges:
    """The open challenges of a node, in its accounts database; those that are over are forgotten."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def keep(self, challenge: Challenge) -> None:
        """Keep one, durably on return."""
        OpenChallenge.objects.filter(expires__lt=self._office.clock()).delete()
        OpenChallenge.objects.create(
            nonce=challenge.nonce, asked=json.dumps(dump(challenge)), expires=challenge.expires
        )

    def open(self, nonce: str) -> Challenge | None:
        """The challenge of that nonce while it waits for its answer; it is not spent by being shown."""
        found = OpenChallenge.objects.filter(nonce=nonce, expires__gte=self._office.clock()).first()
        return None if found is None else parse(Challenge, json.loads(found.asked))[0]

    def take(self, nonce: str) -> Challenge | None:
        """The challenge of that nonce, once: of two that take it at the same time one gets it."""
        found = OpenChallenge.objects.filter(nonce=nonce).first()
        if found is None or OpenChallenge.objects.filter(pk=found.pk).delete()[0] != 1:
            return None
        return parse(Challenge, json.loads(found.asked))[0]


def challenge_for(office: Office, did: str) -> Challenge:
    """A new challenge of this node for whoever says to control ``did``, kept until it is answered or over."""
    made = new_challenge(did, office.url, now=office.clock(), entropy=office.entropy)
    KeptChallenges(office).keep(made)
    return made


def signed_in_by(office: Office, data: bytes, nonce: str) -> tuple[Person | None, Result]:
    """Who signs in by the answer ``data`` to the challenge that this browser was given, and how it was judged.

    The challenge is spent, whatever is found.
    """
    taken = KeptChallenges(office).take(nonce) if nonce else None
    if taken is None:
        return None, UNASKED
    if nonce_of(data) != taken.nonce:
        return None, ANOTHER
    found = check_answer(data, taken, resolver=office.resolver, at=office.clock())
    return (_person_of(office, taken.did) if found.status is Verdict.VALID else None), found


def _person_of(office: Office, did: str) -> Person:
    """The account of a DID, made at its first sign-in: it acts for that party, and can have no password."""
    kept = Identity.objects.select_related("person").filter(did=did).first()
    person = kept.person if kept is not None else _made(office, did)
    Membership.objects.get_or_create(
        person=person, party=did, ended=None, defaults={"role": Role.CLERK, "since": office.clock()}
    )
    return person


def _made(office: Office, did: str) -> Person:
    address = f"{sha256(did.encode())[:40]}@identity.invalid"  # RFC 2606: no letter can reach it
    person, _ = Person.objects.get_or_create(email=address, defaults={"name": did[:200], "joined": office.clock()})
    if person.has_usable_password():
        person.set_unusable_password()
        person.save(update_fields=["password"])
    Identity.objects.get_or_create(did=did, defaults={"person": person})
    return person


def has_identity(person: Person) -> bool:
    """Whether the person signs in with a corporate identity, and in no other way."""
    return Identity.objects.filter(person=person).exists()
