"""The rules of the W3C Verifiable Credentials Data Model for a credential and a presentation, as findings.

Version 2.0, and for documents whose first context is that of version 1.1 what differs there (a Recommendation of 2022,
in which others still issue): the names of the dates, of which the first is required.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.base.moment import parse_moment
from entrepot.document.proof.context import BASE_TERMS, BASE_TERMS_V1, CREDENTIALS_V1, CREDENTIALS_V2, TYPES_OF

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_ITEMS_MAX = 1000
_TYPED = {
    "credentialStatus": ("4.10", False),
    "credentialSchema": ("4.11", True),
    "refreshService": ("5.4", False),
    "termsOfUse": ("5.5", False),
    "evidence": ("5.6", False),
    "renderMethod": ("appendix", False),
    "confidenceMethod": ("appendix", False),
    "proof": ("4.12", False),
}
"""Member -> section, and whether its objects need an id beside their type."""


PERIODS: Mapping[bool, tuple[str, str]] = {False: ("validFrom", "validUntil"), True: ("issuanceDate", "expirationDate")}
"""Whether a document is of version 1.1 -> the members that say from when and until when it holds."""


def is_v1(document: Mapping[str, Any]) -> bool:
    """Whether the first context is that of version 1.1."""
    return items_of(document.get("@context"))[:1] == [CREDENTIALS_V1]


def is_url(value: Any) -> bool:
    """Whether ``value`` is a text with the form of a URL (scheme, colon, no spaces)."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def check_credential(vc: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Every rule of the data model that ``vc`` breaks (VCDM 2.0, section 4)."""
    return tuple(_credential(vc, "$"))


def check_presentation(presentation: Mapping[str, Any], *, is_secured: bool = False) -> tuple[Finding, ...]:
    """Every rule that a presentation breaks, with those of the credentials inside (VCDM 2.0, 4.13).

    A credential inside that carries no proof of its own is a claim of the holder, who must be its issuer (4.13.3), in
    a presentation that carries a proof or ``is_secured`` otherwise.
    """
    return tuple(_presentation(presentation, is_secured=is_secured or "proof" in presentation))


def check_claims(vc: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Where JWT claims that stand beside a credential's members in a vc+jwt say something else (VC-JOSE-COSE 3.1.3)."""
    subjects = items_of(vc.get("credentialSubject"))
    subject = subjects[0].get("id") if len(subjects) == 1 and isinstance(subjects[0], Mapping) else None
    issuer = vc.get("issuer")
    named = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    same = (("iss", named), ("jti", vc.get("id")), ("sub", subject))
    return check_payload(vc) + tuple(
        _finding(13, f"$.{claim}", "RFC 7519, 4.1", "The claim {claim} contradicts the credential.", claim=claim)
        for claim, stated in same
        if claim in vc and vc[claim] != stated
    )


def check_payload(claims: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Where a token holds its document in a claim instead of being it (VC-JOSE-COSE 3.1.3)."""
    return tuple(
        _finding(16, f"$.{claim}", "VC-JOSE-COSE 1.0, 3.1.3", "The claim {claim} must not be there.", claim=claim)
        for claim in ("vc", "vp")
        if claim in claims
    )


def check_token(claims: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Every rule of SD-JWT VC that the claims of a token break (SD-JWT VC, Internet-Draft, 3.2.2)."""
    found = []
    if not isinstance(claims.get("vct"), str) or not claims["vct"]:
        found.append(_finding(14, "$.vct", "SD-JWT VC, 3.2.2.1", "The token names no type in vct."))
    if "iss" in claims and not isinstance(claims["iss"], str):
        found.append(_finding(14, "$.iss", "SD-JWT VC, 3.2.2.2", "The issuer is not a text."))
    return tuple(found)


def items_of(value: Any) -> list[Any]:
    """``value`` as a list: VCDM lets one object stand for a list of one."""
    return value if isinstance(value, list) else [value]


def _credential(vc: Mapping[str, Any], path: str) -> Iterator[Finding]:
    yield from _contexts(vc, path)
    yield from _types(vc, path, "VerifiableCredential")
    yield from _id(vc, path)
    if "issuer" not in vc:
        yield _finding(4, f"{path}.issuer", "4.7", "The credential names no issuer.")
    else:
        yield from _agent(vc["issuer"], f"{path}.issuer", "4.7")
    yield from _subjects(vc, path)
    yield from _period(vc, path)
    for name, (section, needs_id) in _TYPED.items():
        if name in vc:
            yield from _typed(vc[name], f"{path}.{name}", section, needs_id=needs_id)
    for name in ("name", "description"):
        if name in vc:
            yield from _language(vc[name], f"{path}.{name}")
    yield from _resources(vc, path)


def _presentation(presentation: Mapping[str, Any], *, is_secured: bool) -> Iterator[Finding]:
    yield from _contexts(presentation, "$")
    yield from _types(presentation, "$", "VerifiablePresentation")
    yield from _id(presentation, "$")
    holder = ""
    if "holder" in presentation:
        yield from _agent(presentation["holder"], "$.holder", "4.13")
        stated = presentation["holder"]
        holder = str(stated.get("id", "") if isinstance(stated, Mapping) else stated)
    for number, each in enumerate(items_of(presentation.get("verifiableCredential", []))):
        path = f"$.verifiableCredential[{number}]"
        if not isinstance(each, Mapping):
            yield _finding(11, path, "4.13", "A credential in a presentation is an object.")
        elif str(each.get("id", "")).startswith("data:"):
            if "EnvelopedVerifiableCredential" not in items_of(each.get("type")):
                yield _finding(2, f"{path}.type", "4.13.1", "An enveloped credential lacks its type.")
        else:
            yield from _credential(each, path)
            issuer = each.get("issuer")
            named = issuer.get("id") if isinstance(issuer, Mapping) else issuer
            if holder and "proof" not in each and named != holder and is_secured:
                yield _finding(12, f"{path}.issuer", "4.13.3", "An unsecured credential is not the holder's own.")


def _contexts(value: Mapping[str, Any], path: str) -> Iterator[Finding]:
    contexts = items_of(value.get("@context"))
    if contexts[:1] not in ([CREDENTIALS_V2], [CREDENTIALS_V1]):
        yield _finding(1, f"{path}.@context", "4.3", "The first context is not that of credentials, version 2 or 1.1.")
    for number, each in enumerate(contexts):
        where = f"{path}.@context[{number}]"
        if isinstance(each, Mapping):
            yield from _inline(each, where, BASE_TERMS if contexts[:1] == [CREDENTIALS_V2] else BASE_TERMS_V1)
        elif not is_url(each):
            yield _finding(1, where, "4.3", "A context is neither a URL nor an object.")


def _inline(context: Mapping[str, Any], path: str, base_terms: Collection[str]) -> Iterator[Finding]:
    for term, meaning in context.items():
        where = f"{path}.{term}"
        if term in base_terms:
            yield _finding(3, where, "4.3, JSON-LD 1.1 4.1.11", "A protected term is given another meaning.")
        mapped = meaning.get("@id") if isinstance(meaning, Mapping) else meaning
        if isinstance(mapped, str) and ":" in mapped and not is_url(mapped):
            yield _finding(3, where, "4.3", "A term is mapped to something that is no URL.")


def _types(value: Mapping[str, Any], path: str, wanted: str) -> Iterator[Finding]:
    types = items_of(value.get("type"))
    if wanted not in types:
        yield _finding(2, f"{path}.type", "4.5", "The type lacks {wanted}.", wanted=wanted)
    defined = _defined(items_of(value.get("@context")))
    for each in types:
        if not isinstance(each, str) or not each:
            yield _finding(2, f"{path}.type", "4.5", "A type is not a text.")
        elif defined is not None and each not in defined and not is_url(each):
            yield _finding(2, f"{path}.type", "4.5", "{type} is defined by no context.", type=each[:60])


def _defined(contexts: list[Any]) -> frozenset[str] | None:
    """The types that the contexts define; None where one of them is not known here and may define any."""
    found: frozenset[str] = frozenset()
    for each in contexts:
        if isinstance(each, Mapping) and "@vocab" not in each and "@import" not in each:
            found |= frozenset(each)
        elif isinstance(each, str) and each in TYPES_OF:
            found |= TYPES_OF[each]
        else:
            return None
    return found


def _id(value: Mapping[str, Any], path: str) -> Iterator[Finding]:
    if "id" in value and not is_url(value["id"]):
        yield _finding(5, f"{path}.id", "4.4", "The id is not one URL.")


def _agent(value: Any, path: str, section: str) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        if not is_url(value.get("id")):
            yield _finding(4, f"{path}.id", section, "It is named by no URL.")
        for name in ("name", "description"):
            if name in value:
                yield from _language(value[name], f"{path}.{name}")
    elif not is_url(value):
        yield _finding(4, path, section, "It is neither a URL nor an object with an id.")


def _subjects(vc: Mapping[str, Any], path: str) -> Iterator[Finding]:
    stated = items_of(vc.get("credentialSubject"))
    if not stated:
        yield _finding(6, f"{path}.credentialSubject", "4.8", "The credential has no subject.")
    for number, each in enumerate(stated[:_ITEMS_MAX]):
        where = f"{path}.credentialSubject[{number}]"
        if not isinstance(each, Mapping) or not each:
            yield _finding(6, where, "4.8", "A subject is not an object that states something.")
        else:
            yield from _id(each, where)


def _period(vc: Mapping[str, Any], path: str) -> Iterator[Finding]:
    moments = []
    names = PERIODS[is_v1(vc)]
    if is_v1(vc) and names[0] not in vc:
        yield _finding(15, f"{path}.{names[0]}", "1.1, 4.6", "A credential of version 1.1 says when it was issued.")
    for name in names:
        if name in vc:
            try:
                moments.append(parse_moment(vc[name]))
            except (ValueError, TypeError):
                yield _finding(7, f"{path}.{name}", "4.9", "{name} is not a time with a zone.", name=name)
    if len(moments) == 2 and moments[1] < moments[0]:
        yield _finding(7, f"{path}.{names[1]}", "4.9", "It ceases to be valid before it begins.")


def _typed(value: Any, path: str, section: str, *, needs_id: bool) -> Iterator[Finding]:
    for number, each in enumerate(items_of(value)[:_ITEMS_MAX]):
        where = f"{path}[{number}]"
        kinds = items_of(each.get("type")) if isinstance(each, Mapping) else []
        if not kinds or not all(isinstance(kind, str) and kind for kind in kinds):
            yield _finding(8, where, section, "It is not an object with a type.")
        elif ("id" in each or needs_id) and not is_url(each.get("id")):
            yield _finding(8, f"{where}.id", section, "Its id is not one URL.")


def _language(value: Any, path: str) -> Iterator[Finding]:
    for each in items_of(value):
        if isinstance(each, str):
            continue
        if not isinstance(each, Mapping) or not isinstance(each.get("@value"), str):
            yield _finding(9, path, "11.1", "It is neither a text nor a text with language and direction.")
        elif set(each) - {"@value", "@language", "@direction"}:
            yield _finding(9, path, "11.1", "A text with language has members beside value, language and direction.")


def _resources(vc: Mapping[str, Any], path: str) -> Iterator[Finding]:
    if "relatedResource" not in vc:
        return
    seen: list[Any] = []
    for number, each in enumerate(items_of(vc["relatedResource"])[:_ITEMS_MAX]):
        where = f"{path}.relatedResource[{number}]"
        if not isinstance(each, Mapping) or not is_url(each.get("id")) or each["id"] in seen:
            yield _finding(10, where, "5.3", "A related resource is not an object with an id of its own.")
        elif not ("digestSRI" in each or "digestMultibase" in each):
            yield _finding(10, where, "5.3", "A related resource has no digest.")
        else:
            seen.append(each["id"])


def _finding(number: int, path: str, section: str, message: str, **params: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-VC-{number:02d}",
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        params=params,
        source=f"VCDM 2.0, {section}",
        remedy="Issue the credential again in the form of the data model.",
    )


def inline_fault(value: Any) -> str:
    """Why the contexts of a document about to be issued do not all stand at its top, by name; empty where they do.

    A context inside a document changes what its members mean without anybody having published it. The credentials
    that a presentation holds are documents of their own.
    """
    own = ("proof", "verifiableCredential")
    rest = [each for name, each in value.items() if name not in own] if isinstance(value, Mapping) else [value]
    for each in rest:
        if isinstance(each, str):
            continue
        if isinstance(each, list):
            rest.extend(each)
        elif isinstance(each, Mapping):
            if "@context" in each:
                return "a context stands inside the document"
            rest.extend(inner for name, inner in each.items() if name != "proof")
    return ""
