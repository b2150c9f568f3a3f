"""Schemas that a document names as its own: validated where their text is given, else unknown.

Standard: Verifiable Credentials JSON Schema Specification (W3C, 2025), sections 2.1 and 3. A schema is never fetched,
neither the one that is named nor any that it refers to.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from entrepot.base.digest import from_b64url
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.said import Said, foreign, said
from entrepot.document.verify.report import Result, Verdict, worst
from entrepot.party.error import KeyFormError
from entrepot.party.multibase import from_multibase

LIMITS = JsonLimits(bytes_max=2 << 20, depth_max=64)
_DRAFTS = {
    "https://json-schema.org/draft/2020-12/schema": "Draft202012Validator",
    "https://json-schema.org/draft/2019-09/schema": "Draft201909Validator",
    "http://json-schema.org/draft-07/schema": "Draft7Validator",
}
_HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_GIVE = "Give the text of the schema with --schema URL=FILE."


class Schemas:
    """Texts of schemas by the URL that documents name; what they say is compiled once."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = dict(texts)
        self._compiled: dict[str, Any] = {}

    def judged(self, vc: Mapping[str, Any]) -> Result:
        """What the schemas in ``credentialSchema`` say of ``vc``: the worst of their answers."""
        stated = vc["credentialSchema"]
        entries = stated if isinstance(stated, list) else [stated]
        found = [self._entry(each, vc) for each in entries if isinstance(each, Mapping)]
        return worst(
            found or [_unknown("schema-unchecked", said("The document names no schema in the form of the standard."))]
        )

    def _entry(self, entry: Mapping[str, Any], vc: Mapping[str, Any]) -> Result:
        kind, url = entry.get("type"), entry.get("id")
        if kind not in ("JsonSchema", ["JsonSchema"]) or not isinstance(url, str):
            return _unknown(
                "schema-unchecked", said("A schema of type {kind} is not read here.", kind=repr(str(kind)[:40]))
            )
        text = self._texts.get(url)
        if text is None:
            return _unknown(
                "schema-not-given", said("The document names the schema {url}, which was not given.", url=url[:200])
            )
        if not _is_the_named(text, entry):
            reason = foreign(f"The text given for {url[:200]} is not the one whose digest the document states.")
            return _unknown("schema-other", reason)
        try:
            errors = self._validator(url, text).iter_errors(dict(vc))
        except ValueError as wrong:
            words = f"{url[:200]}: {str(wrong).splitlines()[0][:200]}"
            return _unknown("schema-unusable", foreign(words))
        return _result(url, errors)

    def _validator(self, url: str, text: bytes) -> Any:
        """Raises ``ValueError`` for a text that is no schema of a version known here, or refers to another."""
        if url in self._compiled:
            return self._compiled[url]
        import jsonschema_rs

        schema, findings = read_json(text, LIMITS)
        if findings or not isinstance(schema, dict):
            raise ValueError("it is not a JSON object")
        version = str(schema.get("$schema", "")).removesuffix("#")
        if version not in _DRAFTS:
            raise ValueError(f"its version {version[:80]!r} is not known here")
        # A pattern of a stranger must not run for hours: this engine takes time linear in the text.
        options = {"retriever": _refused, "pattern_options": jsonschema_rs.RegexOptions()}
        try:
            made = getattr(jsonschema_rs, _DRAFTS[version])(schema, **options)
        except jsonschema_rs.ReferencingError as wrong:
            raise ValueError(str(wrong).splitlines()[0]) from wrong
        self._compiled[url] = made
        return made


def read_schemas(files: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """URL -> text. Where no URL was said, the schema's own ``$id`` stands; one without either stands for nothing."""
    return {name: data for url, data in files if (name := url or _own_id(data))}


def _own_id(data: bytes) -> str:
    value, _ = read_json(data, LIMITS)
    own = value.get("$id") if isinstance(value, dict) else None
    return own if isinstance(own, str) else ""


def _refused(url: str) -> Any:
    raise ValueError(f"it refers to {url[:200]}, and nothing is fetched")


def _result(url: str, errors: Iterable[Any]) -> Result:
    found = list(errors)
    if not found:
        return Result(Verdict.VALID, "schema-met", foreign(f"It meets the schema {url[:200]}."))
    first = found[0]
    path = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in first.instance_path)
    more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
    words = f"${path}: {str(first.message)[:200]}{more}"
    reason = foreign(words)
    return Result(Verdict.INVALID, "schema-broken", reason, f"Ask the issuer for a document that meets {url[:200]}.")


def _is_the_named(text: bytes, entry: Mapping[str, Any]) -> bool:
    """Whether ``text`` has the digests that the document states of its schema (VCDM 2.0, 5.3)."""
    sri, multibase = entry.get("digestSRI"), entry.get("digestMultibase")
    if sri is not None and not _has_sri(text, sri):
        return False
    return multibase is None or _has_multihash(text, multibase)


def _has_sri(text: bytes, stated: Any) -> bool:
    name, _, value = stated.partition("-") if isinstance(stated, str) else ("", "", "")
    return name in _HASHES and base64.b64encode(_HASHES[name](text).digest()).decode() == value


def _has_multihash(text: bytes, stated: Any) -> bool:
    if not isinstance(stated, str):
        return False
    try:
        data = from_b64url(stated[1:]) if stated.startswith("u") else from_multibase(stated)
    except KeyFormError:
        return False
    return data == b"\x12\x20" + hashlib.sha256(text).digest()


def _unknown(code: str, reason: Said) -> Result:
    return Result(Verdict.UNKNOWN, code, reason, _GIVE)
