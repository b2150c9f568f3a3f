"""JSON from strangers: always a value or findings, never an exception, never slow."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.jsontext import BYTES_MAX, DEPTH_MAX, JsonLimits, read_json

SAMPLE = '{"name":"นำเข้า \\u00e9\\n","lines":[{"price":"1.50","count":-12,"rate":1.5e3},null,true,false,[]],"x":{}}'


def ids(data, *limits):
    value, findings = read_json(data, *limits)
    assert (value is None) or not findings
    return [each.id.removeprefix("ENT-CORE-JSON-") for each in findings]


def test_a_good_text():
    value, findings = read_json(SAMPLE.encode())
    assert not findings
    assert value == json.loads(SAMPLE)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b'{"a":1,"a":2}', "05"),
        (b'{"a":1,"\\u0061":2}', "05"),
        (b'[{"b":{"a":1,"a":1}}]', "05"),
        (b"9223372036854775808", "06"),
        (b"-9223372036854775809", "06"),
        (b"[" + b"9" * 100_000 + b"]", "06"),
        (b"NaN", "07"),
        (b"[Infinity]", "07"),
        (b'{"a":-Infinity}', "07"),
        (b"1e999", "09"),
        (b"-1e999", "09"),
        (b'"\\u0000"', "08"),
        (b'"\\ud800"', "08"),
        (b'"\\udc00\\ud800"', "08"),
        (b'{"\\ud800":1}', "08"),
        (b"\xff", "02"),
        (b'"\xed\xa0\x80"', "02"),
        (b'"\xc0\x80"', "02"),
        ('"é"'.encode("latin-1"), "02"),
        ("{}".encode("utf-16"), "02"),
        ("{}".encode("utf-16-le"), "03"),
        (b"\xef\xbb\xbf{}", "03"),
        (b'"\x00"', "03"),
        (b'"\x1f"', "03"),
        (b"", "03"),
        (b" ", "03"),
        (b"{}{}", "03"),
        (b"{'a':1}", "03"),
        (b"[1,]", "03"),
        (b"01", "03"),
        (b"+1", "03"),
        (b"nan", "03"),
        (b"// x\n1", "03"),
    ],
)
def test_bad_texts_have_a_finding(data, rule):
    assert ids(data) == [rule]


@pytest.mark.parametrize(
    "data", [b"9223372036854775807", b"-9223372036854775808", b"-0", b"1e308", b'"\\ud83d\\ude00"']
)
def test_the_edges_that_belong(data):
    value, findings = read_json(data)
    assert not findings
    assert value == json.loads(data)


def test_every_unsafe_text_is_named_with_its_path():
    _, findings = read_json(b'{"a":"\\u0000","b":[{"c d":"x\\ud800"}]}')
    assert [(each.path, each.params["place"]) for each in findings] == [("$.a", "0"), ("$.b[0]['c d']", "1")]


def test_the_limits():
    assert ids(b"[" * DEPTH_MAX + b"]" * DEPTH_MAX) == []
    assert ids(b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1)) == ["04"]
    assert ids(b'{"a":' * 65 + b"1" + b"}" * 65) == ["04"]
    assert ids(b" " * (BYTES_MAX + 1)) == ["01"]
    assert ids(b"[1]", JsonLimits(bytes_max=2)) == ["01"]
    assert ids(b"[[1]]", JsonLimits(depth_max=1)) == ["04"]


def test_brackets_in_strings_and_siblings_are_not_depth():
    assert ids(json.dumps(["[" * 1000, '\\"[' * 1000, "]}" * 1000]).encode()) == []
    assert ids(b"[" + b",".join([b"[]"] * 1000) + b"]") == []


BOMBS = {
    "brackets": b"[" * 1_000_000,
    "objects": b'{"a":' * 200_000,
    "closers first": b"]" * 500_000 + b"[" * 500_000,
    "open string of escaped quotes": b"[" * 65 + b'"' + b'\\"' * 500_000,
    "closed string of escaped quotes": b"[" * 65 + b'"' + b'\\"' * 500_000 + b'"',
    "quotes": b"{[" * 40 + b'"' * 1_000_000,
    "backslashes": b"[" * 65 + b'"' + b"\\" * 1_000_001,
    "digits": b"1" * 1_000_000,
    "fraction": b"0." + b"1" * 1_000_000,
    "commas": b"[" + b"0," * 500_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_quickly(name):
    started = time.process_time()
    read_json(BOMBS[name], JsonLimits(bytes_max=2_000_000))
    assert time.process_time() - started < 2


def test_truncated_at_every_byte():
    whole = SAMPLE.encode()
    for end in range(len(whole)):
        assert ids(whole[:end]) in (["02"], ["03"]), end


@given(st.binary(max_size=200))
def test_any_bytes_at_all(data):
    read_json(data)


@given(st.integers(0, len(SAMPLE.encode()) - 1), st.integers(0, 255))
def test_any_byte_exchanged(place, byte):
    data = bytearray(SAMPLE.encode())
    data[place] = byte
    read_json(bytes(data))
