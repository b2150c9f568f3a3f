"""EMV merchant-presented codes: read tolerantly, written strictly, refused when damaged."""

import csv
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.base.error import LimitError, UsageError
from entrepot.base.finding import blocking
from entrepot.base.money import MINOR_MAX, Money
from entrepot.payment._emvco import PROFILES, Draft, Field, MerchantAccount, checksum, decode, encode, png, profile_of
from entrepot.payment._emvco.field import join, split
from entrepot.payment.qr import Merchant, request_code

SEED = "00020101021226220014my.example.pay5204000053034585406120.505802MY5905KEBUN6004RAUB62090105INV-16304"
CODE = SEED + checksum(SEED)
TWICE = CODE + "6304"
GROWER = Merchant(name="KEBUN RAUB", city="RAUB", economy="MY", objects={"01": "890053", "02": "X1"})


@pytest.fixture(scope="module")
def payloads(foreign: Path) -> list[dict[str, str]]:
    with (foreign / "emv-qr" / "payloads.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_foreign_payload_is_read_and_comes_back_byte_for_byte(payloads):
    assert len(payloads) == 56
    for row in payloads:
        code, findings = decode(row["payload"])
        assert code is not None, row["id"]
        assert code.text.encode() == row["payload"].encode()
        assert not blocking(findings)
        assert (code.value("58") or "") == row["country_tag58"]


def test_foreign_amounts_and_currencies(payloads):
    read = {row["id"]: decode(row["payload"])[0] for row in payloads}
    assert read["Q045"].amount == Money.of("21090000", "VND")
    assert read["Q017"].amount == Money.of("23.72", "CNY")
    assert read["Q028"].template("64") == {"00": "km", "01": "ចន ស្មីន", "02": "ភ្នំពញ"}
    assert read["Q036"].amount is None
    assert read["Q036"].dynamic is False


def test_foreign_profiles_are_recognised(payloads):
    found = {row["id"]: profile_of(decode(row["payload"])[0]) for row in payloads}
    assert {name for name, profile in found.items() if profile and profile.id == "th-promptpay"} == {
        "Q036",
        "Q037",
        "Q040",
        "Q041",
        "Q042",
    }
    assert {row for row, each in found.items() if each and each.id == "vn-vietqr"} == {
        f"Q{number:03d}" for number in range(48, 55)
    }


def test_every_single_wrong_character_is_refused(payloads):
    """Each ASCII character of each foreign payload replaced once, cycling through digits and letters.

    A change of a character outside ASCII is longer than 16 bits; of those a checksum of 16 bits lets 1 in 65,536 by.
    """
    alphabet = string.digits + string.ascii_letters
    tried = 0
    for row in payloads:
        text = row["payload"]
        for place, old in enumerate(text):
            new = alphabet[(place * 7 + len(text)) % len(alphabet)]
            if not old.isascii() or new == old or (place >= len(text) - 4 and new.upper() == old.upper()):
                continue
            tried += 1
            assert decode(text[:place] + new + text[place + 1 :])[0] is None, (row["id"], place)
    assert tried > 6000


def test_every_lost_character_is_refused(payloads):
    for row in payloads:
        text = row["payload"]
        for place in range(len(text)):
            assert decode(text[:place] + text[place + 1 :])[0] is None, (row["id"], place)


@given(place=st.integers(0, len(CODE) - 1), new=st.characters(min_codepoint=32, max_codepoint=126))
def test_one_wrong_character_is_refused(place, new):
    in_checksum = place >= len(CODE) - 4
    if new == CODE[place] or (in_checksum and new.upper() == CODE[place].upper()):
        return
    code, findings = decode(CODE[:place] + new + CODE[place + 1 :])
    assert code is None
    assert blocking(findings)


@given(st.text(max_size=300))
def test_no_text_raises(text):
    code, findings = decode(text)
    assert (code is None) == bool(blocking(findings))


def test_lower_case_checksum_is_read_with_a_note():
    text = next(
        head + checksum(head)
        for number in range(100)
        if not checksum(head := join((Field("00", "01"), Field("59", f"N{number:02d}"))) + "6304").isdigit()
    )
    code, findings = decode(text[:-4] + text[-4:].lower())
    assert code.text == text[:-4] + text[-4:].lower()
    assert "ENT-CORE-EMVQR-14" in {each.id for each in findings}


def test_leading_zeros_of_the_checksum_stay():
    heads = (join((Field("00", "01"), Field("59", f"N{number:04d}"))) + "6304" for number in range(10_000))
    head = next(each for each in heads if checksum(each).startswith("00"))
    assert decode(head + checksum(head))[0] is not None
    assert decode(head + checksum(head).lstrip("0"))[0] is None


def test_checksum_equals_the_published_check_value():
    """CRC-16 with polynomial 1021 and initial value FFFF has the check value 29B1 for the nine digits."""
    assert checksum("123456789") == "29B1"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((Field("00", "01"), Field("54", "1,00")), {"06", "08", "11", "16"}),
        ((Field("00", "01"), Field("53", "999")), {"06", "08", "15"}),
        ((Field("00", "01"), Field("59", "A"), Field("59", "B")), {"06", "07", "08"}),
        ((Field("00", "01"), Field("26", "free text")), {"06", "12"}),
        ((Field("00", "01"), Field("01", "13"), Field("26", "0001A")), {"06", "11"}),
        ((Field("00", "01"), Field("60", "X" * 16), Field("59", "X" * 26)), {"06", "08", "09", "10"}),
        ((Field("00", "01"), *(Field("80", "X" * 99) for _ in range(6))), {"06", "07", "08", "13"}),
    ],
)
def test_deviations_become_findings_and_nothing_is_dropped(fields, expected):
    head = join(fields) + "6304"
    code, findings = decode(head + checksum(head))
    assert code.fields[:-1] == fields
    assert {each.id[-2:] for each in findings} == expected
    assert not blocking(findings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "03"),
        ("hello", "03"),
        ("000201", "04"),
        ("00020163", "01"),
        ("0002016304", "02"),
        (CODE + "X", "01"),
        (CODE + "5901A", "04"),
        (CODE[:-4] + "0000", "05"),
        (TWICE + checksum(TWICE), "04"),
        ("00\ud800", "03"),
        ("00" * 2000, "03"),
        ("000２01", "01"),
    ],
)
def test_what_is_no_code_is_refused(text, expected):
    code, findings = decode(text)
    assert code is None
    assert [each.id for each in findings] == [f"ENT-CORE-EMVQR-{expected}"]


PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=15)


@settings(deadline=None)
@given(
    name=PRINTABLE,
    city=PRINTABLE,
    minor=st.integers(-5, MINOR_MAX),
    currency=st.sampled_from(["JPY", "MYR", "KWD"]),
    objects=st.dictionaries(st.from_regex("[0-9]{2}", fullmatch=True), PRINTABLE, max_size=4),
    additional=st.dictionaries(st.from_regex("[0-9]{2}", fullmatch=True), PRINTABLE, max_size=4),
    dynamic=st.booleans(),
)
def test_what_is_written_is_read_back_without_a_finding(name, city, minor, currency, objects, additional, dynamic):
    draft = Draft(
        accounts=(MerchantAccount(tag="26", guid="my.example.pay", objects=objects),),
        currency=currency,
        amount=Money(minor, currency),
        economy="MY",
        name=name,
        city=city,
        additional=additional,
        dynamic=dynamic,
    )
    text, findings = encode(draft)
    if text is None:
        assert findings
        return
    code, read = decode(text)
    assert read == ()
    assert code.amount == draft.amount
    assert (code.value("59"), code.value("60"), code.dynamic) == (name, city, dynamic)
    assert dict(code.accounts)["26"] == {"00": "my.example.pay", **objects}
    assert (code.template("62") or {}) == additional


LARGE = tuple(MerchantAccount(tag=str(tag), guid="a", objects={"01": "b" * 80}) for tag in range(26, 32))


def draft_with(**change):
    base = {
        "accounts": (MerchantAccount(tag="26", guid="my.example.pay"),),
        "currency": "MYR",
        "amount": Money.of("1.00", "MYR"),
        "economy": "MY",
        "name": "KEBUN",
        "city": "RAUB",
    }
    return Draft(**(base | change))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "果园"}, "40"),
        ({"name": ""}, "40"),
        ({"name": "X" * 26}, "40"),
        ({"city": "X" * 16}, "40"),
        ({"economy": "my"}, "40"),
        ({"category": "12"}, "40"),
        ({"currency": "XXX"}, "31"),
        ({"amount": Money.of("1.00", "SGD")}, "34"),
        ({"amount": Money(0, "MYR")}, "35"),
        ({"amount": Money(10**16, "MYR")}, "35"),
        ({"accounts": ()}, "32"),
        ({"accounts": (MerchantAccount(tag="26", guid="a"), MerchantAccount(tag="26", guid="b"))}, "33"),
        ({"accounts": (MerchantAccount(tag="52", guid="a"),)}, "36"),
        ({"accounts": (MerchantAccount(tag="26", guid="a", objects={"00": "b"}),)}, "37"),
        ({"accounts": (MerchantAccount(tag="26", guid="a", objects={"01": "b" * 91}),)}, "38"),
        ({"additional": {"1": "x"}}, "39"),
        ({"additional": {"01": "x" * 26}}, "40"),
        ({"accounts": LARGE}, "30"),
    ],
)
def test_wrong_drafts_are_not_written(change, expected):
    text, findings = encode(draft_with(**change))
    assert text is None
    assert f"ENT-CORE-EMVQR-{expected}" in {each.id for each in findings}


def test_amount_may_be_left_to_the_payer():
    code, findings = decode(encode(draft_with(amount=None, dynamic=False))[0])
    assert not findings
    assert code.amount is None
    assert code.value("54") is None


def test_duitnow_request():
    text, findings = request_code(Money.of("12400.00", "MYR"), "INV-1", merchant=GROWER, scheme="my-duitnow")
    assert not findings
    code, _ = decode(text)
    assert profile_of(code) is PROFILES["my-duitnow"]
    assert (code.value("00"), code.template("62")) == ("02", {"01": "INV-1"})
    assert not PROFILES["my-duitnow"].confirmed


def test_request_code_says_when_the_call_is_wrong():
    with pytest.raises(UsageError):
        request_code(Money.of("1.00", "MYR"), "1", merchant=GROWER)
    with pytest.raises(UsageError):
        request_code(Money.of("1.00", "MYR"), "1", merchant=GROWER, scheme="xx")


def test_picture_is_a_png():
    picture = png(CODE)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert png(CODE) == picture
    with pytest.raises(LimitError):
        png("A" * 5000)


def test_split_names_the_place():
    fields, findings = split("0002015X")
    assert fields == (Field("00", "01"),)
    assert findings[0].params["place"] == "6"
