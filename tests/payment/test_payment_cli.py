"""``entrepot payment qr``: what a person on one machine sees."""

import json

import pytest
from click.testing import CliRunner

from entrepot.cli.payment import group

ENCODE = [
    *("qr", "encode", "--amount", "12.30", "--currency", "MYR", "--number", "INV-1", "--name", "KEBUN"),
    *("--city", "RAUB", "--economy", "MY"),
]
DUITNOW = ["--scheme", "my-duitnow", "--object", "01=890053", "--object", "02=X1"]


def run(*words, text=None):
    return CliRunner().invoke(group, list(words), input=text, standalone_mode=False)


def test_a_code_is_written_and_read(tmp_path):
    picture = tmp_path / "code.png"
    written = run(*ENCODE, *DUITNOW, "--png", str(picture), "--json")
    assert written.return_value == 0
    text = json.loads(written.stdout)["qr"]
    assert picture.read_bytes()[:4] == b"\x89PNG"
    read = run("qr", "decode", "-", "--json", text=text + "\n")
    assert read.return_value == 0
    result = json.loads(read.stdout)
    assert result["findings"] == []
    assert result["amount"] == {"amount": "12.30", "currency": "MYR"}
    assert result["scheme"] == "my-duitnow"
    plain = run("qr", "decode", text)
    assert "my-duitnow" in plain.stdout
    assert plain.stderr == ""


def test_what_is_no_code_exits_with_2():
    read = run("qr", "decode", "hello", "--json")
    assert read.return_value == 2
    assert json.loads(read.stdout)["findings"][0]["id"] == "ENT-CORE-EMVQR-03"
    assert "ENT-CORE-EMVQR-03" in run("qr", "decode", "hello").stderr


def test_what_cannot_be_written_exits_with_1(tmp_path):
    picture = tmp_path / "code.png"
    long = [*ENCODE[:9], "K" * 26, *ENCODE[10:]]
    written = run(*long, "--guid", "my.example", "--png", str(picture))
    assert written.return_value == 1
    assert written.stdout == ""
    assert "ENT-CORE-EMVQR-40" in written.stderr
    assert not picture.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        [*ENCODE],
        [*ENCODE, "--scheme", "xx"],
        [*ENCODE, "--guid", "a", "--object", "01"],
        [*ENCODE, "--guid", "a", "--object", "01=a", "--object", "01=b"],
        ["qr", "encode", "--amount", "12.345", *ENCODE[4:], "--guid", "a"],
    ],
)
def test_wrong_use_is_an_error(wrong):
    assert run(*wrong).exception is not None
