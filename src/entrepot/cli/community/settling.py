"""A settler arrives: she makes an account by letter, registers her business, and gets a token for her program."""

from pathlib import Path

from entrepot.base.digest import sha256
from entrepot.cli.community.cast import Settler
from entrepot.cli.community.visitor import PageRefused, Visitor
from entrepot.cli.demo.nodes import DemoNode
from entrepot.node.community import link_in_letter


def settle(settler: Settler, node: DemoNode, secret: str) -> str:
    """The DID of the settler's party, registered on the pages of ``node``; what is there already stays as it is.

    ``secret``: kept in the node's folder; password and form key follow from it, so that a run that was cut off is taken
    up again. Raises :class:`PageRefused`.
    """
    visitor = Visitor(node.url)
    _arrive(visitor, settler, node.folder / "letters", password=_derived(secret, settler, "password"))
    party = visitor.go("/businesses").field("party")
    if not party:
        _register(visitor, settler, _derived(secret, settler, "form"))
        party = _own_party(visitor)
    return party


def _derived(secret: str, settler: Settler, what: str) -> str:
    return sha256(f"{secret}/{settler.role}/{what}".encode())[:32]


def _arrive(visitor: Visitor, settler: Settler, letters: Path, *, password: str) -> None:
    """Sign up by letter; where the account is there already, sign in."""
    visitor.go("/sign-up").send("/sign-up", email=settler.email).require("asking for a letter", 200)
    _, _, code = link_in_letter(letters, settler.email).partition("#")
    if code and visitor.send("/letter", code=code).place.endswith("/letter/account"):
        visitor.send("/letter/account", name=settler.person, password=password).require("making an account", 200)
        return
    visitor.go("/sign-in").send("/sign-in", email=settler.email, password=password)
    visitor.require(f"signing in as {settler.email}", 200)


def _register(visitor: Visitor, settler: Settler, key: str) -> None:
    party, address = settler.party, settler.party.address
    economy = party.economy or ""
    where = {} if address is None else {"street": "".join(address.lines), "city": address.city or ""}
    code = "" if address is None else address.postal_code or ""
    visitor.go(f"/businesses/new?economy={economy}")
    visitor.send("/businesses/new", economy=economy, key=key, name=party.name, postal_code=code, **where)
    visitor.require(f"registering {party.name}", 200)


def _own_party(visitor: Visitor) -> str:
    import re

    found = re.search(r"did:[a-z]+:[A-Za-z0-9._:%-]+", visitor.go("/businesses").page)
    if found is None:
        raise PageRefused("the business that was registered is not shown among one's own")
    return found[0]
