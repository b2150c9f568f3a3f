"""Context files that a caller hands in: which URL each of them is the text of."""

from collections.abc import Iterable, Mapping
from typing import Any

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.document.proof.context import PINS
from entrepot.document.proof.model import items_of

LIMITS = JsonLimits(bytes_max=2 << 20, depth_max=40)
KNOWN: Mapping[str, str] = {
    "8a675bead391be98e6054c4e07c41f73337508d398e07047344c5d349aa2dc58": "https://www.w3.org/ns/credentials/examples/v2",
}
"""SHA-256 of the canonical JSON of a published context that is not carried -> its URL."""


def read_contexts(files: Iterable[tuple[str, bytes]]) -> tuple[dict[str, Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The texts by their URLs, and those whose URL nobody said.

    Each of ``files`` is a URL (empty where none was said) and what it holds: a context (an object with
    ``@context``), or an object of several, URL -> context. Raises :class:`UsageError` for anything else.
    """
    named: dict[str, Mapping[str, Any]] = {}
    unnamed: list[Mapping[str, Any]] = []
    for url, data in files:
        value, findings = read_json(data, LIMITS)
        if findings or not isinstance(value, dict):
            raise UsageError("a context is not a JSON object", remedy="Give the text that the URL answers with.")
        if "@context" not in value:
            named |= _several(value)
            continue
        known = url or url_of(value)
        if known:
            named[known] = value
        else:
            unnamed.append(value)
    return named, unnamed


def contexts_for(
    document: Any, named: Mapping[str, Mapping[str, Any]], unnamed: list[Mapping[str, Any]]
) -> Mapping[str, Mapping[str, Any]]:
    """``named``, and the one unnamed text for the one URL that ``document`` names and nobody knows.

    The caller vouches for what it hands in; where it could stand for two URLs, it stands for none.
    """
    stated = items_of(document.get("@context")) if isinstance(document, Mapping) else []
    wanted = [each for each in stated if isinstance(each, str) and each not in PINS and each not in named]
    return {**named, wanted[0]: unnamed[0]} if len(wanted) == len(unnamed) == 1 else named


def _several(value: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    if not value or not all(
        ":" in url and isinstance(each, Mapping) and "@context" in each for url, each in value.items()
    ):
        raise UsageError("a file of contexts is an object with @context, or maps URLs to such objects")
    return dict(value)


def url_of(value: Mapping[str, Any]) -> str:
    """The URL of which ``value`` is the published text, as far as that is known here; else empty."""
    try:
        digest = sha256(canonical(value))
    except NotCanonicalError:
        return ""
    return KNOWN.get(digest) or next((url for url, pin in PINS.items() if pin == digest), "")
