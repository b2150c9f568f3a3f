"""What a file says is checked here: sources, dates, codes, and that nothing is both known and unknown."""

import importlib.util
import itertools
import re
from collections.abc import Iterator
from datetime import date

from entrepot.base.finding import Finding, Severity
from entrepot.base.money import exponents
from entrepot.economy.fields import FIELDS, checked_on, has_value, rows
from entrepot.economy.shape import Economy, Source

SOURCE = "the form of an economy's file (FORMAT.md)"
DATED = ("memberships", "taxes", "lowvalue")


def problem(number: int, path: str, message: str, remedy: str, **params: str) -> Finding:
    """A blocking finding about an economy's file."""
    return Finding(
        id=f"ENT-CORE-ECONOMY-{number:02d}",
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        params=params,
        source=SOURCE,
        remedy=remedy,
    )


def judge(economy: Economy, shared: dict[str, Source], *, name: str) -> tuple[Finding, ...]:
    """All that is wrong in a file of the right shape; ``name`` is its file name, ``shared`` the common sources."""
    found = [
        *_sources(economy, shared),
        *_answers(economy),
        *_dates(economy),
        *_codes(economy),
        *_schemes(economy),
    ]
    if name != f"{economy.code}.toml":
        found.append(
            problem(11, "$.iso.alpha2", "The file {name} is about {code}.", "Rename it.", name=name, code=economy.code)
        )
    return tuple(found)


def judge_days(economy: Economy, sources: dict[str, Source], *, today: date) -> tuple[Finding, ...]:
    """What is said to have been checked after ``today``, and so would never grow stale."""
    days = [(path, checked_on(row, sources)) for path, row in rows(economy)]
    days += [(f"unknown.{name}", each.checked) for name, each in economy.unknown.items()]
    remedy = "Write the day on which you looked."
    return tuple(
        problem(
            27, f"$.{path}.checked", "It was checked on {day}, which is still to come.", remedy, day=day.isoformat()
        )
        for path, day in days
        if day > today
    )


def _sources(economy: Economy, shared: dict[str, Source]) -> Iterator[Finding]:
    used = {row.source for _, row in rows(economy)}
    for path, row in rows(economy):
        if row.source not in economy.sources and row.source not in shared:
            yield problem(
                12, f"$.{path}.source", "No source {key} is defined.", "Define it under sources.", key=row.source
            )
    for key in economy.sources:
        if key in shared:
            yield problem(13, f"$.sources.{key}", "{key} is a common source.", "Use another key.", key=key)
        elif key not in used:
            yield problem(14, f"$.sources.{key}", "No row uses the source {key}.", "Remove it.", key=key)


def _answers(economy: Economy) -> Iterator[Finding]:
    for label, answers in (("unknown", economy.unknown), ("absent", economy.absent)):
        for name in answers:
            field, _, part = name.partition("/")
            if field not in FIELDS or (part and label == "absent"):
                yield problem(15, f"$.{label}.{name}", "{name} is not a field.", "Use a field's name.", name=name)
            elif not part and (has_value(economy, name) or (name in economy.unknown and name in economy.absent)):
                yield problem(16, f"$.{label}.{name}", "{name} is answered twice.", "Keep one answer.", name=name)
    if not economy.complete:
        return
    for name in FIELDS:
        if not has_value(economy, name) and name not in economy.unknown and name not in economy.absent:
            yield problem(
                17,
                f"$.{name}",
                "The file says it is complete, and does not answer {name}.",
                "Give a value, or say under unknown which official source was searched in vain.",
                name=name,
            )


def _dates(economy: Economy) -> Iterator[Finding]:
    for label in DATED:
        for index, row in enumerate(getattr(economy, label)):
            if row.from_ and row.to and row.to < row.from_:
                yield problem(18, f"$.{label}[{index}].to", "It ends before it begins.", "Put the dates right.")
    seen: dict[str, list[int]] = {}
    for index, row in enumerate(economy.memberships):
        seen.setdefault(row.agreement, []).append(index)
    for agreement, places in seen.items():
        spans = [economy.memberships[place] for place in places]
        for place, (earlier, later) in zip(places[1:], itertools.pairwise(spans), strict=True):
            if earlier.to is None or later.from_ is None or later.from_ <= earlier.to:
                yield problem(
                    19,
                    f"$.memberships[{place}]",
                    "Two rows about {agreement} overlap.",
                    "End the earlier one before the later begins, and keep them in order.",
                    agreement=agreement,
                )


def _codes(economy: Economy) -> Iterator[Finding]:
    money = [(f"currency[{index}].code", row.code) for index, row in enumerate(economy.currency)]
    money += [
        (f"lowvalue[{index}].currency", row.currency) for index, row in enumerate(economy.lowvalue) if row.currency
    ]
    for path, code in money:
        if code not in exponents():
            yield problem(20, f"$.{path}", "{code} is not an ISO 4217 currency.", "Use the listed code.", code=code)
    for index, row in enumerate(economy.lowvalue):
        if (row.threshold is None) != (row.currency is None):
            yield problem(
                21, f"$.lowvalue[{index}]", "Threshold and currency belong together.", "Give both, or neither."
            )
    for index, scheme in enumerate(economy.qr):
        if (scheme.tag is None) != (scheme.guid is None):
            yield problem(22, f"$.qr[{index}]", "Tag and guid belong together.", "Give both, or neither.")


def _schemes(economy: Economy) -> Iterator[Finding]:
    keys = [row.scheme for row in economy.identifiers]
    for index, row in enumerate(economy.identifiers):
        path = f"$.identifiers[{index}]"
        if keys.count(row.scheme) > 1:
            yield problem(23, path, "The scheme {key} stands twice.", "Keep one.", key=row.scheme)
        if (row.check == "pattern") != (row.pattern is not None):
            yield problem(24, path, 'A pattern and check = "pattern" belong together.', "Give both, or neither.")
        if row.check.startswith("stdnum:") and not _known_module(row.check.removeprefix("stdnum:")):
            yield problem(25, path, "{check} is no module.", "Name one of python-stdnum.", check=row.check)
        if row.pattern is not None and not _compiles(row.pattern):
            yield problem(26, path, "The pattern is no regular expression.", "Put it right.")


def _known_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(f"stdnum.{name}") is not None
    except ModuleNotFoundError:
        return False


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
