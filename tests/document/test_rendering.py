"""A rendering shows everything, in every language, loads and runs nothing, and never passes for the document."""

import io
import json
import os
import re
import sys
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.record import Content, record_of
from entrepot.cli import main
from entrepot.document.proof import credential_of, secure
from entrepot.document.rendering import LANGUAGES, Asked, render, words_of
from entrepot.document.rendering.page import _css
from entrepot.document.rendering.show import Shown, seen
from entrepot.document.vocabulary.table import elements, is_object, table
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair

SAMPLES = Path(__file__).parents[2] / "examples" / "durian"
AT = datetime(2026, 10, 1, tzinfo=UTC)
KEY = KeyPair(Curve.ED25519, bytes(range(32)))
FILES = {kind: kind for kind in table().kinds.values()} | {"customs-declaration": "customs-declaration-import"}
DATA = os.environ.get("ENTREPOT_TEST_DATA")
NAUGHTY = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'; </style><script>x</script>", "</title><b>",
    "]]><!--", "javascript:alert(1)", "{{7*7}}", "\\000022; } body { display:none", "a\nb", "&lt;b&gt; &amp;",
    "\u202egpj.exe", "عقد بيع 123", "\u0001\u0007", "x" * 300, "\U0001f600\u200b\ufeff", "\u2028</script>",
)  # fmt: skip


def credential(kind="packing-list", change=lambda payload: None):
    payload = json.loads((SAMPLES / f"{FILES[kind]}.json").read_text("utf-8"))
    change(payload)
    content = {"kind": kind, "version": 1, "issuer": did_key(KEY.public), "number": payload["number"]}
    return credential_of(record_of(Content(**content, nonce="n" * 22, issued=AT, payload=payload)))


def page(vc, language="en", **more):
    made, findings = render(json.dumps(vc).encode(), Asked(language=language, **more))
    assert made is not None, findings
    return made


class Parsed(HTMLParser):
    """What a browser would see: tags, attributes, texts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *each) for each in attrs]

    def handle_data(self, data):
        self.texts.append(data)


def leaves(value):
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves(each)
    else:
        yield value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FILES)
def test_every_value_of_every_kind_is_there_in_every_language(kind, language):
    vc = credential(kind)
    made = page(vc, language)
    machine = " ".join(str(each[2]) for each in Parsed(made).attributes if each[:2] == ("data", "value"))
    for each in leaves(vc["credentialSubject"]):
        stated = json.dumps(each) if isinstance(each, bool) else str(each)
        assert stated in machine or stated in vc["credentialSubject"]["type"], stated
    words = words_of(language)
    assert f'<html lang="{words.tag}"' in made
    assert words.kinds[kind] in made
    assert escape(words.texts["rendering"]) in made
    assert escape(words.texts["verify"]) in made
    assert (escape(words.texts["draft"]) in made) == (language != "en")


def test_tables_of_words_are_complete_and_say_who_stands_behind_them():
    english = words_of("en")
    for language in LANGUAGES:
        found = words_of(language)
        for part in ("labels", "kinds", "texts", "words"):
            assert set(getattr(found, part)) == set(getattr(english, part)), (language, part)
            assert all(getattr(found, part).values())
        assert (found.translator, found.checked_by) in (("the authors",) * 2, ("machine draft", "nobody yet"))
        assert found.is_draft == (language != "en")
        assert (
            language in ("en", "id", "ms")
            or sum(found.labels[each] == english.labels[each] for each in found.labels) < 8
        )


def test_every_element_that_stands_in_a_row_has_a_label():
    labels = words_of("en").labels
    from entrepot.document.rendering.show import SMALL

    for kind in FILES:
        for each in elements(kind):
            if each.shape not in SMALL:
                assert f"{each.shape}.{each.name}" in labels or each.name in labels, (each.shape, each.name)
            assert not is_object(each.type) or each.type is not None


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_texts_stay_text(text):
    def put(payload):
        payload["seller"]["name"] = payload["units"][0]["contents"][0]["description"] = text[:200]

    vc = credential(change=put)
    for made in (
        page(vc),
        page({**vc, "type": ["VerifiableCredential", text], "name": text, text or "x": {text: [text]}}),
    ):
        parsed = Parsed(made)
        assert not {"script", "iframe", "object", "embed", "link", "img", "form", "a", "base"} & set(parsed.tags)
        assert parsed.tags.count("style") == parsed.tags.count("title") == 1
        assert not [each for each in parsed.attributes if each[1].startswith("on") or each[1] in ("src", "href")]
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u0000-\u0008]", made)


def test_a_number_cannot_leave_the_head_of_the_page():
    text = _css('"; } body { content: "x</style>')
    assert re.fullmatch(r"[A-Za-z0-9.\\-]*", text)
    made = page(credential())
    assert "PL\\00002d2026" in made or "PL-2026-0310" in made


@given(st.text(max_size=60))
def test_shown_text_holds_no_markup(text):
    assert not re.search(r"[<>\"'\u202a-\u202e\u0000-\u0009]", seen(text).replace("<br>", ""))


def test_foreign_text_is_isolated_in_direction():
    made = page(credential(change=lambda payload: payload["buyer"].update(name="شركة 12")))
    assert "<bdi>شركة 12</bdi>" in made


def test_numbers_keep_their_digits_and_days_are_written_out():
    shown = Shown(words_of("en"))
    assert shown.number("1234567.8900") == "1,234,567.8900"
    assert shown.number("12345678901234567890123.1") == "12,345,678,901,234,567,890,123.1"
    assert shown.number("1e9") == "1e9"
    assert shown.money("274800.00", "MYR") == "MYR\u00a0274,800.00"
    assert shown.money("12", "JPY") == "JPY\u00a012"
    assert shown.money("x", "JPY") == "JPY x"
    assert shown.day("2026-09-12") == "September 12, 2026"
    assert shown.day("2026-13-12") == "2026-13-12"
    assert Shown(words_of("id")).money("1234.50", "IDR") == "IDR\u00a01.234,50"
    assert Shown(words_of("th")).day("2026-09-12").endswith("2026")
    assert shown.economy("HK") == "Hong Kong, China (HK)"
    assert Shown(words_of("zh-hans")).economy("HK") == "HK"


def test_the_code_leads_to_the_page_asked_for_or_that_of_the_issuers_host():
    vc = credential()
    assert "https://verify.example/now" in page(vc, verify_url="https://verify.example/now")
    assert escape(words_of("en").texts["nopage"]) in page(vc)
    hosted = page({**vc, "issuer": "did:web:raub-durian.example:firm"})
    assert "https://raub-durian.example/verify" in hosted
    assert page({**vc, "issuer": "did:webvh:abc:raub-durian.example%3A8443"}).count("raub-durian.example:8443/verify")
    assert "<svg" in page(vc)
    for odd in ("did:web:", "did:web:a b", "did:web:<b>", 5, None, {"id": 3}):
        assert "<b>" not in page({**vc, "issuer": odd})


def test_any_other_credential_is_shown_whole():
    vc = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "Other"],
        "issuer": {"id": "did:example:1", "name": "Ämt"},
        "credentialSubject": [{"a": [1, 2.5, None, True, {"deep": "er"}]}, {"b": ""}],
    }
    machine = [each[2] for each in Parsed(page(vc)).attributes if each[:2] == ("data", "value")]
    for each in ("did:example:1", "Ämt", "1", "2.5", "null", "true", "er", ""):
        assert each in machine


@pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
def test_documents_of_others_are_shown():
    for file in sorted((Path(DATA) / "identity-documents" / "trustvc").glob("pol-w3c-*.json")):
        made, findings = render(file.read_bytes(), Asked())
        assert made is not None, findings
        assert "Verifiable document" in made


@pytest.mark.parametrize("securing", ["vc+jwt", "eddsa-jcs-2022", "dc+sd-jwt"])
def test_secured_forms_are_read_and_their_keys_shown(securing):
    from entrepot.document.proof.securing import Terms

    vc = credential()
    made = secure(
        vc, KEY, method_id=key_method_id(KEY.public), securing=securing, created=AT, terms=Terms(entropy=os.urandom)
    )
    text, _ = render(made, Asked())
    assert securing in text
    assert key_method_id(KEY.public) in text
    assert "It carries no signature." in page(vc)


def test_the_command(monkeypatch, capsysbinary, tmp_path):
    def run(*words, stdin=b""):
        monkeypatch.setattr(sys, "argv", ["entrepot", "document", "render", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsysbinary.readouterr()
        return left.value.code, out.decode(), err.decode()

    data = json.dumps(credential()).encode()
    code, out, _ = run("-", "--language", "zh-CN", stdin=data)
    assert code == 0
    assert "装箱单" in out
    assert run("-", "--language", "tlh", stdin=data)[0] == 64
    assert run("-", "--verify-url", "javascript:1", stdin=data)[0] == 64
    assert run("-", stdin=b"[]")[0] == 2
    assert run(tmp_path / "gone")[0] == 2
    assert run("-", "--out", tmp_path / "page.html", stdin=data)[:2] == (0, "")
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!DOCTYPE html>")


SECRETS = [
    {"type": "Multikey", "publicKeyMultibase": "z6Mk", "secretKeyMultibase": "z3u2"},
    {"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"},
    {"kty": "oct", "k": "AA"},
    {"id": "did:example:1#k", "privateKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}},
    {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}]},
    {"type": ["VerifiableCredential"], "credentialSubject": {"key": {"privateKeyMultibase": "z3u2"}}},
]


@pytest.mark.parametrize("value", SECRETS, ids=range(len(SECRETS)))
def test_a_private_key_is_never_shown(value, monkeypatch, capsys, tmp_path):
    file, out = tmp_path / "key.json", tmp_path / "page.html"
    file.write_text(json.dumps(value))
    for more in ([], ["--out", str(out)], ["--json"]):
        monkeypatch.setattr(sys, "argv", ["entrepot", "document", "render", str(file), *more])
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        assert (left.value.code, told.out, out.exists()) == (2, "", False)
        assert "private key" in told.err
        assert "z3u2" not in told.err


@pytest.mark.parametrize("value", [{}, {"a": 1}, {"type": "Multikey", "publicKeyMultibase": "z6Mk"}])
def test_what_is_no_document_is_not_rendered(value):
    made, findings = render(json.dumps(value).encode(), Asked())
    assert (made, [each.id for each in findings]) == (None, ["ENT-CORE-RENDER-02"])


@pytest.mark.parametrize(("tag", "word"), [("zh-TW", "商業發票"), ("zh_HK", "商業發票"), ("zh", "商业发票")])
def test_both_ways_to_write_chinese(tag, word, monkeypatch, capsys, tmp_path):
    file = tmp_path / "vc.json"
    file.write_text(json.dumps(credential("invoice")))
    monkeypatch.setattr(sys, "argv", ["entrepot", "document", "render", str(file), "--language", tag])
    with pytest.raises(SystemExit):
        main()
    assert word in capsys.readouterr().out


def test_traditional_chinese_holds_no_simplified_signs():
    """No sign of the simplified table stands there that Big5, which has the traditional ones alone, cannot write."""
    words = words_of("zh-hant")
    told = "".join((*words.labels.values(), *words.kinds.values(), *words.texts.values(), *words.words.values()))
    assert told.encode("big5", "replace").count(b"?") == 0
    simplified = words_of("zh-hans")
    assert b"?" in "".join(simplified.kinds.values()).encode("big5", "replace"), "the codec tells them apart"
