"""A form ready to be sent, for every page that takes one: who sends it, where, and what it says."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from rig.visitor import PASSWORD, Visitor, begin_session, code_in, firm, letters, person

ORDER = {"what": "Durian", "quantity": "1", "price": "1.00", "currency": "MYR", "hs": "081060"}
CSV = "Number,Name,Quantity,Unit,Price,Currency,Valid until,HS\r\n,Durian,1,KGM,25.00,MYR,2027-06-30,081060\r\n"


def shown(pattern):
    """An address of a page as the tables write it."""
    text = re.sub(r"\(\?P<([a-z]+)>[^)]*\)", r"<\1>", str(pattern).lstrip("^").rstrip("$"))
    return "/" + re.sub("<[a-z]+:([a-z]+)>", r"<\1>", text)


def posts():
    """Every address of a page that takes a form, by the URL conf: the others answer 405, before they ask who it is."""
    from django.test import Client

    from entrepot.node.page.urls import urlpatterns

    names = {"side": "320", "number": "1", "invitation": "1", "membership": "1"}
    words = {"code": "MY", "kind": "invoice", "desk": "chamber", "decision": "refuse", "mark": "x",
             "name": "x", "digest": "x"}  # fmt: skip
    found = set()
    for each in urlpatterns:
        path = re.sub("<([a-z]+)>", lambda at: {**names, **words}.get(at[1], "0" * 64), shown(each.pattern))
        answer = Client(raise_request_exception=False).post(f"/en{path}", HTTP_HOST="127.0.0.1")
        if answer.status_code != 405:
            found.add(shown(each.pattern))
    return found


SLOW = ("/sales", "/offers", "/desks", "/registration")
"""Forms that need a sale or an offer first."""


def quick(routes):
    """The routes as parameters of a test; those that take long are marked so."""
    return [pytest.param(each, marks=pytest.mark.long) if each.startswith(SLOW) else each for each in routes]


@dataclass
class Sending:
    """``files``: name of a field -> name and bytes."""

    who: Visitor
    path: str
    fields: dict
    files: dict = field(default_factory=dict)

    @property
    def cookies(self):
        return {name: each.value for name, each in self.who.client.cookies.items()}

    def send(self, cookies=None, **more):
        """Send it from a browser of its own that holds the same cookies; the answer."""
        from django.core.files.uploadedfile import SimpleUploadedFile
        from django.test import Client

        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        for name, value in (self.cookies if cookies is None else cookies).items():
            client.cookies[name] = value
        uploads = {name: SimpleUploadedFile(*each) for name, each in self.files.items()}
        path = self.path if self.path.startswith("/en/") else f"/en{self.path}"
        return client.post(path, {**self.fields, **uploads, **more}, **self.who._heads())


def form_of(who, path, *, form=-1, act="", go=None, **typed):
    """The form that a page shows, filled in; sent to where it says."""
    found = who.go(go or path).forms[form]
    fields = {**found.fields, **typed} | ({"act": act} if act else {})
    return Sending(who, path, fields)


def signing(who, path, **typed):
    """A form that was looked at, about to be signed."""
    who.go(path).send(button="look", **typed)
    assert (who.first_status, who.status) == (303, 200), who.words
    return Sending(who, path, {**who.forms[-1].fields, "act": "sign"})


def say(who, path, **typed):
    signing(who, path, **typed)
    who.send(button="sign")
    assert who.status == 200, who.words
    return who


def party_of(who):
    return who.person.membership_set.get().party


class Stage:
    """Makes what a form needs before it can be sent; each time anew."""

    def __init__(self, node):
        self.node = node

    def owner(self, economy="MY"):
        return person(self.node, party=firm(self.node, "Kebun Contoh", economy))

    def agency(self, desk):
        who = self.owner()
        made = self.node.operator.post("/api/v1/operator/agencies", {"party": party_of(who), "desk": desk})
        assert made.status == 200, made.body
        return who

    def offer(self):
        seller = self.owner()
        return seller, say(seller, "/offers/new", **ORDER).path.split("/")[-1]

    def sale(self, *, is_accepted=True, **typed):
        """Seller, buyer and a sale between them."""
        seller, buyer = self.owner(), self.owner("CN")
        sale = say(buyer, "/sales/new", did=party_of(seller), **ORDER).path.split("/")[-1]
        if is_accepted:
            say(seller, f"/sales/{sale}/order-response", answer="accept", **typed)
        return seller, buyer, sale


def _offer(stage):
    return signing(stage.owner(), "/offers/new", **ORDER)


def _import_offers(stage):
    made = form_of(stage.owner(), "/offers/import", act="make")
    return Sending(made.who, made.path, made.fields, {"files": ("offers.csv", CSV.encode())})


def _import_orders(stage):
    seller, buyer = party_of(stage.owner()), stage.owner("CN")
    text = CSV.replace("Valid until", "Seller").replace("2027-06-30", seller)
    made = form_of(buyer, "/sales/import", act="make")
    return Sending(made.who, made.path, made.fields, {"files": ("orders.csv", text.encode())})


def _withdraw(stage):
    seller, offer = stage.offer()
    return signing(seller, f"/offers/{offer}/withdraw", reason="It is sold.")


def _order_from(stage):
    _, offer = stage.offer()
    return signing(stage.owner("CN"), f"/offers/{offer}/order")


def _report(stage):
    stage.agency("overseer")
    _, offer = stage.offer()
    return form_of(Visitor(stage.node), f"/offers/{offer}/report", grounds="unsafe", text="See it.")


def _ask_registrar(stage):
    registrar = party_of(stage.agency("registrar"))
    asking = {"registrar": registrar, "scheme": "uen", "identifier": "00192200M"}
    return signing(stage.owner("SG"), "/registration/new", **asking)


def _decide(stage):
    chamber = stage.agency("chamber")
    seller, _, sale = stage.sale(chamber=party_of(chamber))
    say(seller, f"/sales/{sale}/invoice")
    return signing(chamber, f"/desks/chamber/{sale}/refuse", reasons="The papers do not fit.")


def _step(kind, who="seller", *, is_accepted=True, before=None, **typed):
    def made(stage):
        seller, buyer, sale = stage.sale(is_accepted=is_accepted)
        for each in before or ():
            side, step, said = each
            say(seller if side == "seller" else buyer, f"/sales/{sale}/{step}", **said)
        return signing(seller if who == "seller" else buyer, f"/sales/{sale}/{kind}", **typed)

    return made


def _erase(stage):
    seller, _, sale = stage.sale()
    say(seller, f"/sales/{sale}/message", text="Is it ripe?")
    (path,) = re.findall('/en(/sales/[^"]*/erase)', seller.text)
    return form_of(seller, path, reason="It was asked for.", role="Owner", reasons="It is a message.")


BILLED = (("seller", "invoice", {}),)
PAYING = {"network": "com.example.pay", "merchant": "123", "name": "Kebun", "town": "Johor"}
STEPS = {
    "order-response": _step("order-response", is_accepted=False, answer="accept"),
    "invoice": _step("invoice"),
    "hand-over": _step("hand-over", leg="departed", place="MYPKG"),
    "order-cancellation": _step("order-cancellation", "buyer", is_accepted=False, reason="Too much"),
    "cancellation-response": _step("cancellation-response", is_accepted=False, answer="accept",
                                   before=(("buyer", "order-cancellation", {"reason": "Too much"}),)),
    "return-request": _step("return-request", "buyer", reason="damaged",
                            before=(("buyer", "hand-over", {"place": "CNNSA"}),)),
    "message": _step("message", text="Is it ripe?"),
}  # fmt: skip
"""Steps in a sale: one act each."""


def _sign_in(stage):
    who = person(stage.node).person
    return form_of(Visitor(stage.node), "/sign-in", email=who.email, password=PASSWORD)


def _code(stage):
    who = person(stage.node)
    who.go("/account").send(form=0, password=PASSWORD, by="letter")
    visitor = Visitor(stage.node).go("/sign-in").send(email=who.person.email, password=PASSWORD)
    code = re.search("[0-9]{8}", letters(stage.node, who.person.email)[-1]).group()
    return Sending(visitor, "/sign-in/code", {**visitor.forms[-1].fields, "code": code})


def _identity(stage):
    import json
    import os
    from html import unescape

    from entrepot.base.shape import parse
    from entrepot.document.control import Challenge, answer
    from entrepot.party.did import did_key, key_method_id
    from entrepot.party.key import Curve, KeyPair

    key = KeyPair.generate(Curve.ED25519, os.urandom)
    visitor = Visitor(stage.node).go("/sign-in/identity").send(did=did_key(key.public))
    text = unescape(re.search("<textarea id=.challenge.[^>]*>(.*?)</textarea>", visitor.text, re.S).group(1))
    asked = {name: each for name, each in json.loads(text).items() if name != "request"}
    signed = answer(parse(Challenge, asked)[0], key, method_id=key_method_id(key.public), now=datetime.now(UTC))
    return Sending(
        visitor, "/sign-in/identity", {**visitor.forms[-1].fields, "answer": signed.decode(), "act": "answer"}
    )


def _sign_up(stage):
    return form_of(Visitor(stage.node), "/sign-up", email=f"new-{_fresh()}@example.org")


def _sign_up_finish(stage):
    email = f"new-{_fresh()}@example.org"
    who = Visitor(stage.node).go("/sign-up").send(email=email).follow(letters(stage.node, email)[-1])
    return form_of(who, "/letter/account", name="Neu", password=PASSWORD)


def _letter(stage):
    email = f"new-{_fresh()}@example.org"
    who = Visitor(stage.node).go("/sign-up").send(email=email)
    return form_of(who, "/letter", code=code_in(letters(stage.node, email)[-1]))


def _reset(stage):
    return form_of(Visitor(stage.node), "/reset", email=person(stage.node).person.email)


def _reset_finish(stage):
    email = person(stage.node).person.email
    who = Visitor(stage.node).go("/reset").send(email=email).follow(letters(stage.node, email)[-1])
    return form_of(who, "/letter/password", password="nine dry mangosteens")


def _join(stage):
    guest = person(stage.node)
    stage.owner().go("/people").send(email=guest.person.email, role="clerk")
    return form_of(guest.follow(letters(stage.node, guest.person.email)[-1]), "/letter/invitation")


def _invite(stage):
    return form_of(stage.owner(), "/people", email=f"guest-{_fresh()}@example.org", role="viewer")


def _close_invitation(stage):
    owner = stage.owner().go("/people").send(email=f"guest-{_fresh()}@example.org", role="viewer")
    path = next(each for each in _actions(owner.go("/people")) if "/invitations/" in each)
    return Sending(owner, path, _form_to(owner, path).fields)


def _end_membership(stage):
    owner = stage.owner()
    other = person(stage.node, role="viewer", party=party_of(owner))
    return form_of(owner, f"/people/{other.person.membership_set.get().pk}/end")


def _end_session(stage):
    here, there = person(stage.node), Visitor(stage.node)
    there.person = here.person
    begin_session(there)
    path = next(each for each in _actions(here.go("/account/sessions")) if each.endswith("/end"))
    return Sending(here, path, _form_to(here, path).fields)


def _remove_passkey(stage):
    from django.utils import timezone

    from entrepot.node.account.models import Passkey

    who = person(stage.node)
    # A well-formed key of P-256 (WebAuthn, 6.5.2): the page makes its list of what is kept.
    public = "00" * 16 + "0001" + "01" + "a5010203262001215820" + "11" * 32 + "225820" + "22" * 32
    made = Passkey.objects.create(person=who.person, digest=f"{_fresh():064x}", public=public, added=timezone.now())
    path = f"/account/passkeys/{made.pk}/remove"
    return Sending(who, path, _form_to(who.go("/account/passkeys"), path).fields)


def _totp(stage):
    from entrepot.node.account import totp

    who = person(stage.node).go("/account/totp")
    now = int(stage.node.office.clock().timestamp()) // totp.STEP_S
    return form_of(who, "/account/totp", code=totp.code(bytes.fromhex(who.client.session["totp"]), now))


def _claim(stage):
    token = stage.node.token(stage.node.party(), "owner").token
    return form_of(person(stage.node), "/businesses/claim", token=token)


def _choose(stage):
    who = stage.owner()
    return Sending(who, "/businesses", {**_protection(who), "party": party_of(who)})


def _register(stage):
    return form_of(person(stage.node), "/businesses/new", go="/businesses/new?economy=MY", name="Firma Baru")


def _read(stage):
    who = stage.owner()
    return Sending(who, "/notices", _protection(who))


def _protection(who):
    """What a form carries where a page shows it in some states alone."""
    return {"csrfmiddlewaretoken": who.go("/sign-out").forms[-1].fields["csrfmiddlewaretoken"]}


def _try(stage):
    visitor = Visitor(stage.node)
    return Sending(visitor, "/try", {**_protection(visitor), "role": "grower"})


def _first(stage):
    visitor = Visitor(stage.node)
    return Sending(visitor, "/first", {**_protection(visitor), "token": "x", "email": "x@example.org"})


def _passkey(path, *, signed_in):
    def made(stage):
        return form_of(person(stage.node) if signed_in else Visitor(stage.node), path, answer="{}")

    return made


_count = iter(range(1, 10**6))


def _fresh():
    return next(_count)


def _actions(who):
    return [each.action.removeprefix("/en") for each in who.forms]


def _form_to(who, path):
    return next(each for each in who.forms if each.action.removeprefix("/en") == path)


SCENES: dict[str, Callable[[Stage], Sending]] = {
    "/verify": lambda stage: form_of(Visitor(stage.node), "/verify", text="{}"),
    "/verify/code": lambda stage: Sending(Visitor(stage.node), "/verify/code", {}, {"picture": ("x.jpg", b"none")}),
    "/offers/new": _offer,
    "/offers/import": _import_offers,
    "/offers/<offer>/withdraw": _withdraw,
    "/offers/<offer>/order": _order_from,
    "/offers/<offer>/report": _report,
    "/registration/new": _ask_registrar,
    "/desks/<desk>/<case>/<decision>": _decide,
    "/sales/new": lambda stage: signing(stage.owner("CN"), "/sales/new", did=party_of(stage.owner()), **ORDER),
    "/sales/import": _import_orders,
    "/sales/<sale>/<kind>": STEPS["order-response"],
    "/sales/<sale>/messages/<written>/erase": _erase,
    "/sign-in": _sign_in,
    "/sign-in/code": _code,
    "/sign-in/identity": _identity,
    "/sign-in/passkey": _passkey("/sign-in/passkey", signed_in=False),
    "/sign-out": lambda stage: form_of(stage.owner(), "/sign-out"),
    "/sign-up": _sign_up,
    "/reset": _reset,
    "/letter": _letter,
    "/letter/account": _sign_up_finish,
    "/letter/password": _reset_finish,
    "/letter/invitation": _join,
    "/try": _try,
    "/first": _first,
    "/account/password": lambda stage: form_of(
        person(stage.node), "/account/password", old=PASSWORD, password="nine dry mangosteens"
    ),
    "/account/totp": _totp,
    "/account/factor": lambda stage: form_of(
        person(stage.node), "/account/factor", form=0, go="/account", password=PASSWORD, by="letter"
    ),
    "/account/passkeys": _passkey("/account/passkeys", signed_in=True),
    "/account/passkeys/<number>/remove": _remove_passkey,
    "/account/sessions": lambda stage: form_of(person(stage.node), "/account/sessions"),
    "/account/sessions/<mark>/end": _end_session,
    "/notices": _read,
    "/notices/settings": lambda stage: form_of(person(stage.node), "/notices/settings", letters="yes"),
    "/businesses": _choose,
    "/businesses/new": _register,
    "/businesses/claim": _claim,
    "/people": _invite,
    "/people/invitations/<invitation>/close": _close_invitation,
    "/people/<membership>/end": _end_membership,
}
"""Address as the tables write it -> makes a form that is ready to be sent there."""
