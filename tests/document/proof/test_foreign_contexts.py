"""Contexts that others ship: told apart by their hash, read, and never put in the place of a carried one."""

import hashlib
import json
import os
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.document.proof.context import CREDENTIALS_V2, PINS, carried
from entrepot.document.proof.meaning import Contexts
from entrepot.document.proof.named import KNOWN, read_contexts
from entrepot.document.proof.trustvc import TRUSTVC_PINS

DATA = os.environ.get("ENTREPOT_TEST_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
FILES = sorted((Path(DATA or "/") / "identity-documents" / "contexts" / "trustvc").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_context_of_trustvc_is_told_apart_and_read(file):
    text = json.loads(file.read_bytes())
    digest = sha256(canonical(text))
    url = KNOWN.get(digest) or next((name for name, pin in PINS.items() if pin == digest), "")
    named, unnamed = read_contexts([("", file.read_bytes())])
    assert (named, unnamed) == (({url: text}, []) if url else ({}, [text]))
    if url.startswith("https://trustvc.io/"):
        table = tomllib.loads((files("entrepot.document.proof") / "trustvc.toml").read_text("utf-8"))
        assert carried(url) == text, "what is built of our own form is the published text"
        assert table[file.stem]["published"] == hashlib.sha256(file.read_bytes()).hexdigest()
    contexts = Contexts(named or {"https://told.example/": text})
    start = contexts.initial()
    if file.name == "credentials-v2.json":
        # Not the W3C's text: handed in under the W3C's name it is passed over.
        assert not url
        given = Contexts({CREDENTIALS_V2: text})
        assert carried(CREDENTIALS_V2) != text
        assert given.initial().scoped(CREDENTIALS_V2).raw["mappings"].keys() == (
            start.scoped(CREDENTIALS_V2).raw["mappings"].keys()
        )
        return
    active = start.scoped(url or "https://told.example/")
    inner = text["@context"] if isinstance(text["@context"], list) else [text["@context"]]
    terms = [name for each in inner if isinstance(each, dict) for name in each if not name.startswith("@")]
    assert terms
    assert all(name in active.raw["mappings"] for name in terms)


def test_all_were_found():
    assert len(FILES) == 20
    assert len(TRUSTVC_PINS) == 11
    assert {each.rsplit("/", 1)[1] for each in TRUSTVC_PINS} < {each.name for each in FILES}
