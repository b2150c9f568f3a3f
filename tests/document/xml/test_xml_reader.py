import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.document._xml import Track, XmlLimits, read_xml

DATA = os.environ.get("ENTREPOT_TEST_DATA")
SMALL = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- DOCTYPE here is harmless --><a x="1"><b>ü</b><c/></a>\n'.encode()


def ids(data, **limits):
    root, findings = read_xml(data, XmlLimits(**limits)) if limits else read_xml(data)
    assert (root is None) == bool(findings)
    return [each.id for each in findings]


def test_a_small_file_is_read():
    root, findings = read_xml(SMALL)
    assert not findings
    assert [each.tag for each in root.iter()] == ["a", "b", "c"]
    assert root[0].text == "ü"


FAILING = {
    "ENT-CORE-XML-01": [b"<a>" + b" " * (10 << 20) + b"</a>"],
    "ENT-CORE-XML-02": [
        b"<a>\xff</a>",
        b'<?xml version="1.0" encoding="EBCDIC-CP-US"?><a/>',
        b'<?xml version="1.0" encoding="UTF-16"?><a/>',
        b"\xff\xfe<\x00a",
        b'<?xml version="1.0" encoding="us-ascii"?><a>\xc3\xbc</a>',
    ],
    "ENT-CORE-XML-03": [
        b"<!DOCTYPE a><a/>",
        b'<?xml version="1.0"?>\n<!-- c --><?pi x?>\n<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "\ufeff<!DOCTYPE a><a/>".encode("utf-16-le"),
        "\ufeff<!DOCTYPE a><a/>".encode("utf-8"),
    ],
    "ENT-CORE-XML-04": [
        b"",
        b"   ",
        b"{}",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>&b;</a>",
        b"<a>\x00</a>",
        b"<a b='1' b='2'/>",
        b"<x:a/>",
        "<a>".encode("utf-16-le"),
        b"<!-- unfinished",
    ],
    "ENT-CORE-XML-05": [b"<a>" * 101 + b"</a>" * 101, b"<a>" * 200_000],
    "ENT-CORE-XML-06": [b"<a>" + b"<b/>" * 300_000 + b"</a>"],
}


@pytest.mark.parametrize("rule", FAILING)
def test_each_rule_has_failing_files(rule):
    for data in FAILING[rule]:
        assert ids(data) == [rule], data[:60]


def test_every_rule_is_tested():
    from entrepot.document._xml.reader import DEMANDS

    assert {each.id for each in DEMANDS} == set(FAILING)


def test_a_billion_laughs_are_refused_at_once():
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
    start = time.process_time()
    assert ids(f"<!DOCTYPE a [{levels}]><a>&l9;</a>".encode()) == ["ENT-CORE-XML-03"]
    assert time.process_time() - start < 0.5


def test_an_external_entity_is_not_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    root, findings = read_xml(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode())
    assert root is None
    assert "secret" not in findings[0].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_give_the_same_text(encoding):
    label = encoding.removesuffix("-sig")
    data = f'<?xml version="1.0" encoding="{label}"?><a>Müller</a>'.encode(encoding)
    root, findings = read_xml(data)
    assert not findings
    assert root.text == "Müller"


def test_truncated_at_every_byte():
    for end in range(len(SMALL.rstrip())):
        assert ids(SMALL[:end]) in (["ENT-CORE-XML-04"], ["ENT-CORE-XML-02"])


@pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
def test_a_foreign_order_truncated_at_every_byte():
    data = Path(DATA, "invoice/oasis-ubl-2.1/xml/UBL-Order-2.0-Example.xml").read_bytes().rstrip()
    for end in range(0, len(data), 3):
        assert ids(data[:end])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_findings(data):
    ids(data)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=8))
def test_any_change_gives_a_tree_or_findings(place, junk):
    ids(SMALL[:place] + junk + SMALL[place + len(junk) :])


def test_limits_are_the_callers():
    assert ids(SMALL, bytes_max=10) == ["ENT-CORE-XML-01"]
    assert ids(SMALL, depth_max=1) == ["ENT-CORE-XML-05"]
    assert ids(SMALL, elements_max=2) == ["ENT-CORE-XML-06"]


def test_what_is_not_read_is_lost():
    root, _ = read_xml(b'<a xmlns="u"><b>1</b><b k="v" l="w">2</b><c/>junk<d xmlns="z">x</d><e><b>3</b></e></a>')
    track = Track(root, {"u": "p"})
    assert track.root.text("p:b") == "1"
    second = track.root.all("p:b")[1]
    assert (second.text(), second.attribute("k")) == ("2", "v")
    assert second.path == "/p:a/p:b[2]"
    assert track.losses() == (
        "/p:a/text()",
        "/p:a/p:b[2]/@l",
        "/p:a/p:c",
        "/p:a/Q{z}d",
        "/p:a/p:e/p:b",
    )
