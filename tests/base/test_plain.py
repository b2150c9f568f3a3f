"""Text, digests, findings and errors."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.digest import b64url, from_b64url, from_ni_uri, is_digest, ni_uri, sha256
from entrepot.base.error import EntrepotError, LimitError, UsageError
from entrepot.base.finding import Finding, Severity, blocking
from entrepot.base.said import fill
from entrepot.base.text import is_safe, member_path, shown, unsafe_position


@given(st.text(st.characters()))
def test_unsafe_is_what_utf8_and_databases_cannot_hold(value):
    try:
        value.encode()
        expected = "\x00" not in value
    except UnicodeEncodeError:
        expected = False
    assert is_safe(value) is expected
    place = unsafe_position(value)
    assert (place == -1) is expected
    if place >= 0:
        assert is_safe(value[:place])
        assert not is_safe(value[place])


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("price", "$.price"),
        ("a b", "$['a b']"),
        ("", "$['']"),
        ("1", "$['1']"),
        ("ราคา", "$['ราคา']"),
        ("x.y", "$['x.y']"),
    ],
)
def test_paths_name_members(name, path):
    assert member_path("$", name) == path


@given(st.text(st.characters()))
def test_what_is_shown_of_strangers_is_short_and_safe(value):
    assert len(shown(value)) <= 60
    assert is_safe(shown(value))


def test_the_example_of_rfc_6920():
    """RFC 6920 section 8.1: the SHA-256 of "Hello World!" as an ni URI without authority."""
    digest = sha256(b"Hello World!")
    uri = "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    assert ni_uri(digest) == uri
    assert from_ni_uri(uri) == digest


@given(st.binary(max_size=100))
def test_digests_and_encodings_come_back(data):
    digest = sha256(data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert is_digest(digest)
    assert from_ni_uri(ni_uri(digest)) == digest
    assert from_b64url(b64url(data)) == data


@pytest.mark.parametrize("text", ["A", "AA==", "A+", "A/", "AB", "Zh", "AA\n", "é", "AAAAA", " "])
def test_other_base64_is_refused(text):
    assert from_b64url(text) is None


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "ni:///sha-256;short",
        "ni:///sha-512;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk",
        "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGl",
        "ni://example.org/sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk",
        "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk?ct=text/plain",
    ],
)
def test_other_uris_name_no_digest(uri):
    assert from_ni_uri(uri) is None


@pytest.mark.parametrize("digest", ["", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n"])
def test_what_is_no_digest(digest):
    assert not is_digest(digest)
    with pytest.raises(UsageError):
        ni_uri(digest)


def finding(**changes):
    given_ = {"id": "ENT-CORE-TEST-01", "severity": Severity.WARNING, "message": "{what} is odd."}
    return Finding(**(given_ | changes))


def test_a_finding_as_json():
    found = finding(params={"what": "It"}, remedy="Change {what}.", source="A standard, 1.2", path="$.a")
    assert found.to_json() == {
        "id": "ENT-CORE-TEST-01",
        "severity": "warning",
        "path": "$.a",
        "message": "{what} is odd.",
        "params": {"what": "It"},
        "text": "It is odd.",
        "source": "A standard, 1.2",
        "remedy": "Change It.",
    }


def test_a_finding_seen_from_outside():
    assert finding(path="$.a[1]").at("$.payload").path == "$.payload.a[1]"
    assert finding().at("$.payload").path == "$.payload"


def test_only_blocking_findings_stop():
    grave = finding(severity=Severity.BLOCKING)
    assert blocking([finding(), grave, finding(severity=Severity.NOTE)]) == (grave,)


@given(st.dictionaries(st.from_regex("[a-c]", fullmatch=True), st.text("{}abc", max_size=5)))
def test_what_is_filled_in_is_never_a_template(params):
    expected = "".join(params.get(each, "{" + each + "}") for each in "abc")
    assert fill("{a}{b}{c}", params) == expected


@pytest.mark.parametrize(("cls", "code"), [(EntrepotError, "error"), (UsageError, "usage"), (LimitError, "limit")])
def test_errors_carry_a_stable_code(cls, code):
    error = cls("what", remedy="do")
    assert (str(error), error.error_code, error.remedy) == ("what", code, "do")
    assert cls("what", code="own").error_code == "own"
    assert isinstance(error, EntrepotError)
