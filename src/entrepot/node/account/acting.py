"""Who asks for a page, and for which party that person acts: judged anew at every request."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest

from entrepot.node.access.models import Role
from entrepot.node.account.models import Business, Deed, Membership, Person
from entrepot.node.running import office

PARTY = "party"
"""Member of the session that names the party."""
WRITERS = frozenset({Role.OWNER, Role.CLERK})
READERS = WRITERS | {Role.VIEWER}
OWNERS = frozenset({Role.OWNER})


@dataclass(frozen=True, slots=True)
class Acting:
    """``party``: the DID for which ``person`` acts in ``role``; empty and None where none is chosen."""

    person: Person
    party: str = ""
    role: Role | None = None
    name: str = ""

    @property
    def readers(self) -> frozenset[str]:
        """The DIDs as whom the person may read."""
        return frozenset({self.party} if self.party else ())

    @property
    def may_write(self) -> bool:
        """Whether the person may say something in the party's name."""
        return self.role in WRITERS

    @property
    def may_rule(self) -> bool:
        """Whether the person may say who else acts for the party."""
        return self.role in OWNERS


def acting_of(request: HttpRequest) -> Acting | None:
    """Who asks; None for a visitor. Looked up once per request."""
    if not hasattr(request, "entrepot_acting"):
        request.entrepot_acting = _found(request)  # type: ignore[attr-defined]
    found: Acting | None = request.entrepot_acting  # type: ignore[attr-defined]
    return found


def me(request: HttpRequest) -> Acting:
    """Who asks for a page that is only for people with an account."""
    found = acting_of(request)
    assert found is not None, "the entrance lets nobody else in"
    return found


def _found(request: HttpRequest) -> Acting | None:
    person = getattr(request, "user", None)
    if not isinstance(person, Person):  # a lazy object passes for what it holds
        return None
    chosen = request.session.get(PARTY, "")
    held = memberships(person).filter(party=chosen).first() if chosen else None
    return Acting(person) if held is None else Acting(person, chosen, Role(held.role), name_of(chosen))


def memberships(person: Person) -> QuerySet[Membership]:
    """The parties for which a person acts now, by age."""
    return Membership.objects.filter(person=person, ended__isnull=True).order_by("pk")


def name_of(party: str) -> str:
    """The name that a hosted party gives itself; its DID where it gives none."""
    found = Business.objects.filter(party=party).first()
    return party if found is None else found.name


def note(person: Person | None, what: str, *, party: str = "", about: str = "") -> None:
    """Keep that a person did something."""
    Deed.objects.create(at=office().clock(), person=person, party=party, what=what, about=about[:300])
