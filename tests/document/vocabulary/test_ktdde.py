"""Every key trade data element that a document lists has a member, or a reason why it has none."""

import pytest

from entrepot.document.vocabulary.ktdde import key_elements
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
