"""Documents of many forms, and copies that say something else: what both sides are asked about."""

import itertools
import json
import random
import re

from entrepot.document.proof.context import CREDENTIALS_V2, DATA_INTEGRITY_V2
from entrepot.document.proof.meaning import Contexts

TERMS = "https://chamber.example/terms/v1"
CONTEXT = {
    "@context": {
        "@protected": True,
        "Receipt": {
            "@id": "https://chamber.example/terms#Receipt",
            "@context": {"@protected": True, "id": "@id", "type": "@type"},
        },
        **{
            name: f"https://chamber.example/terms#{name}"
            for name in ("title", "amount", "flag", "note", "place", "city")
        },
        "held": {"@id": "https://chamber.example/terms#held", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
        "lines": {"@id": "https://chamber.example/terms#lines", "@container": "@set"},
        "steps": {"@id": "https://chamber.example/terms#steps", "@container": "@list"},
        "words": {"@id": "https://chamber.example/terms#words", "@container": "@language"},
        "extra": {"@id": "https://chamber.example/terms#extra", "@type": "@json"},
    }
}
CONTEXTS = Contexts({TERMS: CONTEXT})
TEXTS = ["durian", "榴莲", "ทุเรียน", "sầu riêng", "a\u2028b", "\U0001f600", '"\\/\n', "tab\there"]
# Not among them: 1e-7 and the like, which jsonld.js takes for the integer 0.
NUMBERS = [0, 1, -1, 1.5, 1e21, 1.5e-7, 0.1, 123456789012, 2.0, 333333333.33333329]
WHOLE_MUTATED = 20
"""Documents that are altered at every place; each other one is altered at one place of each kind."""
_DATE = re.compile(r"\d{4}-\d\d-\d\dT.*")


def documents(count, issuer, rng):
    """Credentials with and without subject id, flat and nested, ordered lists, languages, JSON, many scripts."""
    for number in range(count):
        subject = {"type": "Receipt", "title": rng.choice(TEXTS), "amount": rng.choice(NUMBERS), "flag": True}
        subject["held"] = f"2026-01-{number % 28 + 1:02}T00:00:00Z"
        if number % 2:
            subject["id"] = f"urn:goods:{number}"
        if number % 3:
            subject["lines"] = [
                {"title": rng.choice(TEXTS), "amount": each, "place": {"city": rng.choice(TEXTS)}}
                for each in range(rng.randrange(1, 5))
            ]
        if number % 4 == 1:
            subject["steps"] = [rng.choice(TEXTS), rng.randrange(5), "last"]
            subject["words"] = {"en": "fresh", "th": "สด"}
        if number % 5 == 1:
            subject["extra"] = {"b": [1, {"c": None}], "a": rng.choice(TEXTS)}
        yield {
            "@context": [CREDENTIALS_V2, DATA_INTEGRITY_V2, TERMS],
            "id": f"urn:uuid:{random.Random(number).randbytes(16).hex()}",
            "type": ["VerifiableCredential"],
            "issuer": issuer,
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": subject,
        }


def copied(value):
    """A copy in which no object is shared."""
    return json.loads(json.dumps(value))


def leaves(value, path=()):
    """The places of all leaves below ``value``."""
    if isinstance(value, dict | list) and value:
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, name))
    else:
        yield path


def objects(value, path=()):
    """The places of all objects in ``value``, itself among them, that hold terms (not languages, not plain JSON)."""
    if isinstance(value, dict):
        if not path or path[-1] not in ("words", "extra"):
            yield path
        for name, inner in value.items():
            if name not in ("words", "extra"):
                yield from objects(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from objects(inner, (*path, number))


def at(value, path):
    """What lies at ``path``."""
    for step in path:
        value = value[step]
    return value


def replaced(old):
    """Another value of the same kind: text, number, date or truth."""
    if isinstance(old, bool):
        return not old
    if isinstance(old, int | float):
        return old + 1 if abs(old) < 1e15 else -old
    if isinstance(old, str) and _DATE.fullmatch(old):
        return f"2025{old[4:]}"
    return f"{old or ''}x"


def mutations(content, rng, *, everywhere):
    """Copies of ``content`` that say something else: kind of change -> copies. All places, or one of each kind."""
    places = [each for each in leaves(content) if each]
    made = {
        "replace": [_put(content, each, replaced(at(content, each))) for each in places],
        "delete": [_without(content, each) for each in places if isinstance(each[-1], str)],
        "add": [_put(content, (*each, "note"), "added") for each in objects(content)],
        "swap": [_swapped(content, *each) for each in _pairs(content, places)],
        "reorder": [_put(content, each, at(content, each)[::-1]) for each in _ordered(content)],
    }
    return {kind: copies if everywhere else ([rng.choice(copies)] if copies else []) for kind, copies in made.items()}


def _put(content, path, value):
    other = copied(content)
    at(other, path[:-1])[path[-1]] = value
    return other


def _without(content, path):
    other = copied(content)
    del at(other, path[:-1])[path[-1]]
    return other


def _swapped(content, one, two):
    return _put(_put(content, one, at(content, two)), two, at(content, one))


def _pairs(content, places):
    """Neighbouring texts that differ and are neither names of things nor dates."""
    texts = [
        each
        for each in places
        if isinstance(at(content, each), str) and not {"@context", "id", "type", "held", "words"} & set(each)
    ]
    return [(one, two) for one, two in itertools.pairwise(texts) if at(content, one) != at(content, two)]


def _ordered(content):
    lists = [path[:-1] for path in leaves(content) if len(path) > 1 and path[-2] == "steps" and path[-1] == 0]
    return [path for path in lists if at(content, path) != at(content, path)[::-1]]
