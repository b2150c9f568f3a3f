"""Business numbers: does a value have the form and the check digit that its scheme asks for?

A false rejection is worse than a false acceptance: what is not known to be wrong passes, with a note that it was
not checked.
"""

import importlib
import re
import unicodedata
from inspect import signature

from entrepot.base.finding import Finding, Severity
from entrepot.economy import ubn
from entrepot.economy.elsewhere import scheme_elsewhere
from entrepot.economy.load import EconomyError
from entrepot.economy.load import economy as _economy
from entrepot.economy.shape import Economy, Scheme

LEI = Scheme(
    scheme="lei",
    name="Legal Entity Identifier",
    authority="Global Legal Entity Identifier Foundation",
    check="stdnum:lei",
    icd="0199",
    source="iso17442",
)
"""The one scheme that holds in every economy (ISO 17442-1)."""
_FORM = "{value} does not have the form of a {name}."
_CHECK = "The check digit of {value} does not fit a {name}."
_SEPARATORS = re.compile(r"[\s.\-/]+")


def identifier_findings(economy: Economy | str, scheme: str, value: str) -> tuple[Finding, ...]:
    """What is wrong with ``value`` as a number of ``scheme`` in ``economy`` (a file, or its alpha-2 code).

    Empty: form and, where the scheme has one, check digit hold. A note: the scheme, or how to check it, is unknown
    here. A warning: a check digit or part does not hold, and numbers in use are known to fail it. Blocking: the
    number cannot be one of the scheme. Raises nothing for wrong data, and nothing for an economy without a file, whose
    numbers are checked as far as python-stdnum can, and are never refused.
    """
    found = _scheme(economy, scheme.lower())
    code = economy if isinstance(economy, str) else economy.code
    params = {"scheme": scheme[:40], "economy": code[:40], "value": value[:40]}
    if found is None:
        return (_finding(1, Severity.NOTE, "{scheme} is not a scheme known for {economy}; not checked.", params),)
    number = unicodedata.normalize("NFKC", value).strip().upper().removeprefix(found.prefix or "")
    params |= {"authority": found.authority, "name": found.name}
    if found.check == "unknown":
        return (_finding(2, Severity.NOTE, "How to check a {name} is not known here; not checked.", params),)
    bare = _SEPARATORS.sub("", number)
    if found.pattern is not None and re.fullmatch(found.pattern, bare, re.ASCII) is None:
        return (_finding(3, _weight(found), _FORM, params),)
    if found.check == "own:ubn":
        return _by_ubn(found, bare, params)
    return () if found.check == "pattern" else _by_stdnum(found, number, params)


def _scheme(economy: Economy | str, key: str) -> Scheme | None:
    if key in (LEI.scheme, LEI.icd):
        return LEI
    if isinstance(economy, str):
        try:
            return _listed(_economy(economy), key)
        except EconomyError:
            return scheme_elsewhere(economy, key)
    return _listed(economy, key)


def _listed(economy: Economy, key: str) -> Scheme | None:
    return next((row for row in economy.identifiers if key in (row.scheme, row.icd)), None)


def _by_ubn(scheme: Scheme, number: str, params: dict[str, str]) -> tuple[Finding, ...]:
    if not ubn.has_form(number):
        return (_finding(3, _weight(scheme), _FORM, params),)
    return () if ubn.holds(number) else (_finding(4, _weight(scheme), _CHECK, params),)


def _by_stdnum(scheme: Scheme, number: str, params: dict[str, str]) -> tuple[Finding, ...]:
    module = importlib.import_module(scheme.check.replace(":", "."))
    wrong = importlib.import_module("stdnum.exceptions")
    asked = {"validate_check_digits": True} if "validate_check_digits" in signature(module.validate).parameters else {}
    try:
        module.validate(number, **asked)
    except wrong.InvalidChecksum:
        return (_finding(4, _weight(scheme), _CHECK, params),)
    except wrong.InvalidComponent:
        return (_finding(5, Severity.WARNING, "A part of {value} is not one known for a {name}.", params),)
    except wrong.ValidationError:
        return (_finding(3, _weight(scheme), _FORM, params),)
    return ()


def _weight(scheme: Scheme) -> Severity:
    return Severity.WARNING if scheme.doubt else Severity.BLOCKING


def _finding(number: int, severity: Severity, message: str, params: dict[str, str]) -> Finding:
    return Finding(
        id=f"ENT-CORE-IDENTIFIER-{number:02d}",
        severity=severity,
        path="$.value",
        message=message,
        params=params,
        source="ISO 17442-1" if params["scheme"].lower() == "lei" else f"the file of economy {params['economy']}",
        remedy="Compare it with the register of {authority}." if "authority" in params else "",
    )
