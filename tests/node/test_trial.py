"""Trying a role: one click on a node that was filled with invented people, on this machine alone, and nowhere else."""

import json
from dataclasses import replace

import pytest
from rig.visitor import Visitor, code_in, firm, letters, person

from entrepot.cli.community.cast import SETTLERS
from entrepot.node.community import FILE, read_community
from entrepot.node.page.language import LANGUAGES


@pytest.fixture
def filled(node):
    """The invented grower lives here, the invented importer on another node."""
    held = person(node, party=firm(node, "Kebun Contoh (invented)"))
    grower = {
        "role": "grower",
        "person": "Aminah (invented)",
        "email": held.person.email,
        "business": "Kebun Contoh (invented)",
        "economy": "MY",
        "url": "",
    }
    other = grower | {"role": "importer", "business": "示例 (invented)", "url": "http://127.0.0.1:18081"}
    (node.folder / FILE).write_text(json.dumps({"complete": True, "members": [grower, other]}), "utf-8")
    yield held.person
    (node.folder / FILE).unlink()


def attempt(node, role="grower", **heads):
    """Send the form of the first page: the answer, and the browser that sent it."""
    visitor = Visitor(node)
    token = visitor.go("/sign-in").forms[-1].fields["csrfmiddlewaretoken"]
    sent = {"csrfmiddlewaretoken": token, "role": role}
    return visitor.client.post("/en/try", sent, **visitor._heads(), **heads), visitor


def across(node, came="http://127.0.0.1:18081/", role="grower", **heads):
    """Follow the link of the neighbour's first page, or one of another's."""
    visitor = Visitor(node)
    return visitor.client.get(f"/en/try/{role}", **visitor._heads(), HTTP_REFERER=came, **heads), visitor


def test_one_click_makes_a_visitor_the_invented_person(node, filled):
    answer, visitor = attempt(node)
    assert (answer.status_code, answer["Location"]) == (303, "/en/sales")
    assert "Kebun Contoh (invented)" in visitor.go("/sales").text
    assert "are invented" in visitor.text


@pytest.mark.parametrize("came", ["http://127.0.0.1:18081/", "http://localhost:18081/en/"])
def test_one_click_on_the_neighbours_page_does_it_too(node, filled, came):
    answer, visitor = across(node, came)
    assert (answer.status_code, answer["Location"]) == (303, "/en/sales")
    assert "Kebun Contoh (invented)" in visitor.go("/sales").text


@pytest.mark.parametrize("came", ["", "http://evil.example/", "http://127.0.0.1:18082/", "https://127.0.0.1:18081/", "http://[",
                                  "http://127.0.0.1:18081.evil.example/"])  # fmt: skip
def test_who_else_leads_there_signs_nobody_in(node, filled, came):
    answer, visitor = across(node, came)
    assert (answer.status_code, answer["Location"]) == (303, "/en/?try=grower")
    assert visitor.go("/sales").heading == "Sign in"
    assert "<button autofocus>" in visitor.go("/?try=grower").text
    assert across(node, came, "importer")[0].status_code == 404


def test_a_node_like_any_other_has_no_such_page(node):
    assert attempt(node)[0].status_code == 404
    assert "are invented" not in Visitor(node).go("/").text


@pytest.mark.parametrize(
    "heads",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "2001:db8::7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_VIA": "1.1 proxy"},
    ],
)
def test_nobody_comes_in_from_elsewhere(node, filled, heads):
    assert attempt(node, **heads)[0].status_code == 404
    assert across(node, **heads)[0].status_code == 404


@pytest.mark.parametrize("url", ["https://node.example", "https://127.0.0.1", "http://node.example"])
def test_a_public_node_lets_nobody_in_by_a_click(node, filled, url):
    from django.test import override_settings

    with override_settings(CONFIG=replace(node.config, url=url)):
        assert attempt(node)[0].status_code == 404
        assert across(node)[0].status_code == 404
        assert "are invented" not in Visitor(node).go("/").text


@pytest.mark.parametrize("role", ["importer", "seller", "", "x" * 5000])
def test_only_who_lives_here_can_be_tried(node, filled, role):
    assert attempt(node, role)[0].status_code == 404


def test_somebody_who_is_no_member_cannot_be_tried(node, filled):
    person(node)
    kept = json.loads((node.folder / FILE).read_text("utf-8"))
    kept["members"][0]["email"] = "nobody@community.example"
    (node.folder / FILE).write_text(json.dumps(kept), "utf-8")
    assert attempt(node)[0].status_code == 404


def test_it_is_protected_against_forgery(node, filled):
    visitor = Visitor(node)
    assert visitor.client.post("/en/try", {"role": "grower"}, **visitor._heads()).status_code == 403


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"members": 1, "complete": true}', '{"members": [{}], "complete": 1}']
)
def test_a_file_that_is_none_makes_no_community(tmp_path, text):
    (tmp_path / FILE).write_text(text, "utf-8")
    assert read_community(tmp_path) is None


def test_the_first_page_offers_language_role_and_a_business_of_ones_own(node, filled):
    seen = set()
    for each in LANGUAGES:
        visitor = Visitor(node, each.code).go("/")
        assert 'href="http://127.0.0.1:18081' in visitor.text
        assert f'href="/{each.code}/#roles"' in visitor.text
        assert f'href="/{each.code}/sign-up"' in visitor.text
        assert visitor.text.count('name="role" value="grower"') == 1
        seen.add(visitor.text.partition('role="note">')[2].partition("<")[0])
    assert len(seen) == len(LANGUAGES)


def test_every_settler_has_words_for_her_role(node):
    from entrepot.node.page.trial import ROLES

    assert {each.role for each in SETTLERS} == set(ROLES)
    for each in SETTLERS:
        assert each.party.name.endswith("(invented)")
        assert each.person.endswith("(invented)")
        assert each.email.endswith(".example")


def test_who_makes_an_account_in_the_community_finds_the_letter_on_the_page(node, filled):
    asked = Visitor(node).go("/sign-up").send(email="new@community.example")
    assert asked.forms[-1].fields["code"] == code_in(letters(node, "new@community.example")[-1])
    assert asked.send().path == "/en/letter/account"
    far = Visitor(node).go("/sign-up")
    fields = {**far.forms[-1].fields, "email": "far@community.example"}
    heads = far._heads() | {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    answer = far.client.post("/en/sign-up", fields, follow=True, **heads)
    assert answer.status_code == 200
    code = code_in(letters(node, "far@community.example")[-1])
    assert code.encode() not in answer.content, "her letter is another's to carry"


def test_who_makes_an_account_elsewhere_finds_no_letter_on_the_page(node):
    asked = Visitor(node).go("/sign-up").send(email="new@elsewhere.example")
    assert code_in(letters(node, "new@elsewhere.example")[-1]) not in asked.text
