"""GS1 identifiers in one canonical form: EPC URNs and Digital Links of any domain become ``https://id.gs1.org/...``.

EPC Tag Data Standard 2.0 (URN forms), GS1 Digital Link URI syntax 1.2 section 4.11 (canonical form), constrained as
CBV 2.0 asks for the Event Hash ID: only the finest level of identification, no query.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

DOMAIN = "https://id.gs1.org"
_URN = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):(.+)")
_ESCAPED = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "!()*+,:"})
"""Signs that an EPC URN may hold as they are and a Digital Link may not."""
_SERIAL = re.compile(r"(?:%[0-7][0-9A-Fa-f]|[!')(*+,.0-9:;=A-Za-z_-])+")
_DIGITS = re.compile(r"[0-9]+")


def check_digit(digits: str) -> str:
    """The GS1 check digit of ``digits`` (GS1 General Specifications section 7.9.1): weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


@dataclass(frozen=True, slots=True)
class _Key:
    """How one EPC scheme becomes a Digital Link: application identifier, digits of prefix and reference together,
    identifier of the serial (None: the serial follows the key directly), longest serial."""

    ai: str
    digits: int
    serial_ai: str | None
    serial_most: int


_KEYS = {
    "sgtin": _Key("01", 13, "21", 20),
    "upui": _Key("01", 13, "235", 28),
    "lgtin": _Key("01", 13, "10", 20),
    "itip": _Key("8006", 13, "21", 20),
    "sgln": _Key("414", 12, "254", 20),
    "grai": _Key("8003", 12, None, 16),
    "gdti": _Key("253", 12, None, 20),
    "sgcn": _Key("255", 12, None, 12),
}
_WHOLE = {"sscc": ("00", 17), "gsrn": ("8018", 17), "gsrnp": ("8017", 17), "gsin": ("402", 16), "pgln": ("417", 12)}
"""Schemes without a serial: application identifier, digits of prefix and reference together."""


def canonical_link(uri: str) -> str:
    """The canonical Digital Link of ``uri``; ``uri`` itself where it holds no GS1 identifier that we know."""
    if uri.startswith("urn:epc:"):
        return _from_urn(uri) or uri
    if uri.startswith(("https://", "http://")):
        return _from_link(uri) or uri
    return uri


def _from_urn(uri: str) -> str | None:
    found = _URN.fullmatch(uri)
    if found is None or not all("!" <= sign <= "~" for sign in uri):
        return None
    form, scheme, rest = found.groups()
    if (form == "class") != (scheme == "lgtin"):
        return None
    if form == "idpat":
        if not rest.endswith(".*"):
            return None
        rest = rest[:-2]
    parts = rest.split(".")
    if scheme in _WHOLE:
        return _whole(scheme, parts) if form == "id" else None
    if scheme in ("giai", "ginc"):
        return _open_ended(scheme, rest) if form == "id" else None
    if scheme == "cpi":
        return _component(parts, with_serial=form != "idpat")
    return _serialised(scheme, rest, with_serial=form != "idpat")


def _prefix_ok(prefix: str) -> bool:
    return _DIGITS.fullmatch(prefix) is not None and 6 <= len(prefix) <= 12


def _whole(scheme: str, parts: list[str]) -> str | None:
    ai, digits = _WHOLE[scheme]
    if len(parts) != 2 or not _prefix_ok(parts[0]) or not re.fullmatch("[0-9]*", parts[1]):
        return None
    prefix, reference = parts
    if len(prefix) + len(reference) != digits:
        return None
    key = reference[:1] + prefix + reference[1:] if scheme == "sscc" else prefix + reference
    return f"{DOMAIN}/{ai}/{key}{check_digit(key)}"


def _open_ended(scheme: str, rest: str) -> str | None:
    prefix, _, reference = rest.partition(".")
    if not _prefix_ok(prefix) or not _SERIAL.fullmatch(reference) or len(prefix) + len(reference) > 30:
        return None
    return f"{DOMAIN}/{'8004' if scheme == 'giai' else '401'}/{prefix}{reference.translate(_ESCAPED)}"


def _component(parts: list[str], *, with_serial: bool) -> str | None:
    if len(parts) != (3 if with_serial else 2) or not _prefix_ok(parts[0]):
        return None
    if not re.fullmatch("(?:%[0-7][0-9A-Fa-f]|[0-9A-Z-])+", parts[1]):
        return None
    link = f"{DOMAIN}/8010/{parts[0]}{parts[1]}"
    if not with_serial:
        return link
    return f"{link}/8011/{parts[2]}" if re.fullmatch("[0-9]{1,12}", parts[2]) else None


def _serialised(scheme: str, rest: str, *, with_serial: bool) -> str | None:
    key = _KEYS.get(scheme)
    if key is None:
        return None
    fields = 2 + (2 if scheme == "itip" else 0)
    parts = rest.split(".", fields) if with_serial else rest.split(".")
    if len(parts) != fields + with_serial or not _prefix_ok(parts[0]):
        return None
    prefix, reference, *pieces = parts[:fields]
    if len(prefix) + len(reference) != key.digits or not re.fullmatch("[0-9]*", reference):
        return None
    link = f"{DOMAIN}/{key.ai}/{_number(scheme, prefix, reference)}"
    if pieces and not all(re.fullmatch("[0-9]{2}", each) for each in pieces):
        return None
    link += "".join(pieces)
    return _with_serial(link, key, scheme, parts[fields]) if with_serial else link


def _number(scheme: str, prefix: str, reference: str) -> str:
    if _KEYS[scheme].digits == 13:
        raw = reference[:1] + prefix + reference[1:]
    else:
        raw = ("0" if scheme == "grai" else "") + prefix + reference
    return raw + check_digit(raw)


def _with_serial(link: str, key: _Key, scheme: str, serial: str) -> str | None:
    form = _DIGITS if scheme == "sgcn" else _SERIAL
    if not form.fullmatch(serial) or len(re.sub("%..", "x", serial)) > key.serial_most:
        return None
    if scheme == "sgln" and serial == "0":
        return link
    return link + ("" if key.serial_ai is None else f"/{key.serial_ai}/") + serial.translate(_ESCAPED)


_SHORT = {
    "gtin": "01",
    "itip": "8006",
    "cpid": "8010",
    "gln": "414",
    "party": "417",
    "gsrnp": "8017",
    "gsrn": "8018",
    "gcn": "255",
    "sscc": "00",
    "gdti": "253",
    "ginc": "401",
    "gsin": "402",
    "grai": "8003",
    "giai": "8004",
    "cpv": "22",
    "lot": "10",
    "ser": "21",
}
"""Names that older Digital Links use in place of application identifiers."""
_GTIN_QUALIFIERS = ("21", "235", "10", "22")
_LINK_KEYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "00": ("[0-9]{18}", ()),
    "01": ("[0-9]{8}|[0-9]{12,14}", _GTIN_QUALIFIERS),
    "253": ("[0-9]{13}.{0,17}", ()),
    "255": ("[0-9]{13,25}", ()),
    "401": ("[0-9]{4}.+", ()),
    "402": ("[0-9]{17}", ()),
    "414": ("[0-9]{13}", ("254",)),
    "417": ("[0-9]{13}", ()),
    "8003": ("[0-9]{14}.{0,16}", ()),
    "8004": ("[0-9]{4}.+", ()),
    "8006": ("[0-9]{18}", ("21", "10", "22")),
    "8010": ("[0-9]{4}.+", ("8011",)),
    "8017": ("[0-9]{18}", ()),
    "8018": ("[0-9]{18}", ()),
}
"""Primary keys: form of the value, and qualifiers from the finest to the coarsest."""


def _from_link(uri: str) -> str | None:
    try:
        path = urlsplit(uri).path
    except ValueError:
        return None
    segments = [each for each in path.split("/") if each]
    for start in range(len(segments) - 1):
        link = _key_at(segments[start:])
        if link is not None:
            return link
    return None


def _key_at(segments: list[str]) -> str | None:
    """The link that the segments write, when they are a primary key and its qualifiers, and nothing else."""
    if len(segments) % 2:
        return None
    pairs = [(_SHORT.get(name, name), value) for name, value in zip(segments[::2], segments[1::2], strict=True)]
    (ai, value), qualifiers = pairs[0], dict(pairs[1:])
    form, known = _LINK_KEYS.get(ai, ("", ()))
    if ai not in _LINK_KEYS or not re.fullmatch(form, value) or not set(qualifiers) <= set(known):
        return None
    link = f"{DOMAIN}/{ai}/{value.zfill(14) if ai == '01' else value}"
    finest = next((each for each in known if each in qualifiers and each != "22"), None)
    return link if finest is None else f"{link}/{finest}/{qualifiers[finest]}"
