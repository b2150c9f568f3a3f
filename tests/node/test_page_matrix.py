"""Role x page x own or foreign: the table says who may open what, and no page is without its row."""

import re
import tomllib
from pathlib import Path

import pytest
from rig.visitor import PASSWORD, Visitor, begin_session, firm, person

TABLE = Path(__file__).with_name("page_matrix.toml")
ROLES = ("nobody", "alone", "viewer", "clerk", "owner", "foreign")
ANSWERS = {200: "open", 303: "away", 403: "shut", 404: "none", 409: "late", 422: "faulty", 400: "faulty", 405: "method"}


def read_table():
    lines = tomllib.loads(TABLE.read_text("utf-8"))["rows"].split("\n")
    rows = [line.split() for line in lines if line.strip()]
    return {f"{row[0]} {row[1]}": dict(zip(ROLES, row[2:], strict=True)) for row in rows}


ROWS = read_table()


def shown(pattern):
    """An address of a page as the table writes it."""
    text = re.sub(r"\(\?P<([a-z]+)>[^)]*\)", r"<\1>", str(pattern).lstrip("^").rstrip("$"))
    return "/" + re.sub("<[a-z]+:([a-z]+)>", r"<\1>", text)


def test_every_page_has_its_rows_and_every_row_a_page(node):
    from entrepot.node.page.urls import urlpatterns

    pages = {shown(each.pattern) for each in urlpatterns}
    assert {each.split()[1] for each in ROWS} == pages


@pytest.fixture(scope="module")
def stage(node):
    """A sale, everybody who may ask about it, and what the addresses of pages name."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from entrepot.node.account.models import Invitation, Membership

    seller, buyer, foreign = firm(node, "Seller"), firm(node, "Buyer", "CN"), firm(node, "Foreign")
    people = {role: person(node, role=role, party=seller) for role in ("viewer", "clerk", "owner")}
    people |= {"alone": person(node), "nobody": Visitor(node), "foreign": person(node, party=foreign)}
    client = person(node, party=buyer).go("/sales/new")
    client.send(did=seller, what="Durian", quantity="1", price="1", currency="MYR", button="look")
    client.send(button="sign")
    sale = client.path.split("/")[-1]
    sent = SimpleUploadedFile("note.txt", b"Ripe.")
    client.go(f"/sales/{sale}/messages").send(text="See it.", files=sent, button="look").send(button="sign")
    record, file = re.search("/files/([0-9a-f]{64})/([0-9a-f]{64})", client.text).groups()
    people["owner"].go(f"/sales/{sale}/messages").send(text="Ripe.", button="look").send(button="sign")
    (written,) = re.findall("/messages/([0-9a-f]{64})/erase", people["owner"].text)
    offerer = people["owner"].go("/offers/new")
    offerer.send(what="Durian", quantity="1", price="1", currency="MYR", button="look")
    offer = offerer.send(button="sign").path.split("/")[-1]
    for desk, party in (("overseer", seller), ("registrar", buyer)):
        assert node.operator.post("/api/v1/operator/agencies", {"party": party, "desk": desk}).status == 200
    people["owner"].go("/people").send(email="x@example.org", role="viewer")
    spare = person(node, role="viewer", party=seller)
    names = {
        "sale": sale,
        "message": record,
        "written": written,
        "file": file,
        "offer": offer,
        "kind": "order-response",
        "desk": "overseer",
        "case": offer,
        "decision": "warn",
        "record": "0" * 64,
        "code": "MY",
        "digest": "0" * 12,
        "name": "entrepot.css",
        "picture": "0" * 64,
        "side": 320,
        "number": 1,
        "mark": "x",
        "role": "grower",
        "invitation": Invitation.objects.get(party=seller, closed=None).pk,
        "membership": Membership.objects.get(person=spare.person, party=seller).pk,
    }
    return people, names


def put_back(names):
    """What an owner ended is there for the next one who asks: the order of tests is any."""
    from entrepot.node.account.models import Invitation, Membership

    Membership.objects.filter(pk=names["membership"]).update(ended=None)
    Invitation.objects.filter(pk=names["invitation"]).update(closed=None)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_the_table_says(node, stage, row, role):
    people, names = stage
    method, path = row.split()
    for name, value in names.items():
        path = path.replace(f"<{name}>", str(value))
    put_back(names)
    fresh = Visitor(node)
    fresh.person = people[role].person
    if fresh.person:
        begin_session(fresh)
    if method == "GET":
        answer = fresh.client.get(f"/en{path}", **fresh._heads())
    else:
        token = fresh.go("/sign-in").forms[-1].fields["csrfmiddlewaretoken"]
        answer = fresh.client.post(f"/en{path}", {"csrfmiddlewaretoken": token, "password": "x"}, **fresh._heads())
    assert ANSWERS[answer.status_code] == ROWS[row][role], answer.content[:2000]
    assert PASSWORD.encode() not in answer.content


def _plain(text, sale):
    """Without the id in the address and the nonce of this one answer."""
    return re.sub('nonce="[^"]*"', "", text.replace(sale, ""))


def test_what_is_foreign_looks_like_what_is_missing(stage):
    people, names = stage
    begin_session(people["foreign"])  # the many of the tests before have ended the first
    for rest in ("", "/order-response"):
        found = [people["foreign"].go(f"/sales/{each}{rest}") for each in (names["sale"],)]
        texts = [_plain(found[0].text, names["sale"])]
        missing = people["foreign"].go(f"/sales/{'0' * 64}{rest}")
        assert missing.status == 404
        assert _plain(missing.text, "0" * 64) == texts[0]
