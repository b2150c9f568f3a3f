"""Every key trade data element that a document lists has a member, or a reason why it has none."""

import pytest

from entrepot.document.vocabulary.ktdde import key_elements, sources
from entrepot.document.vocabulary.table import elements, table


def test_all_eight_documents_are_listed():
    assert set(key_elements()) == set(table().kinds.values())
    assert len(key_elements()) == 8


@pytest.mark.parametrize("kind", sorted(table().kinds.values()))
def test_each_element_is_carried_or_explained(kind):
    paths = {each.path for each in elements(kind)}
    for each in key_elements()[kind]:
        assert bool(each.at) != bool(each.why), each.name
        assert not each.at or each.at in paths | {path.removesuffix("[]") for path in paths}, each.name
        assert each.need in ("", "M", "O", "C")


@pytest.mark.parametrize("kind", sorted(table().kinds.values()))
def test_no_mandatory_element_is_missing(kind):
    assert [each.name for each in key_elements()[kind] if each.need == "M" and not each.at] == []


def test_each_list_says_where_it_was_read():
    assert set(sources()) == {*table().kinds.values(), "searched", "directory"}


def test_an_identifier_of_the_directory_is_marked_and_never_replaces_a_stated_one():
    rows = {each.name: each for kind in key_elements().values() for each in kind}
    assert (rows["Invoice number"].uid, rows["Invoice number"].is_directory) == ("1334", True)
    assert (rows["Buyer"].uid, rows["Buyer"].is_directory) == ("3002", False)
    assert (rows["Storage charges"].uid, rows["Storage charges"].is_directory) == ("", False)


def test_all_that_the_glossary_lists_for_a_customs_declaration_is_conditional_there():
    stated = [each for each in key_elements()["customs-declaration"] if each.need]
    assert {each.need for each in stated} == {"C"}
    assert len(stated) == 70
