"""Reading the files that come with the package, and judging one that somebody writes."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from importlib import resources
from typing import Any

from entrepot.base.error import EntrepotError
from entrepot.base.finding import Finding
from entrepot.base.shape import parse
from entrepot.economy.check import judge, problem
from entrepot.economy.shape import Economy, Source

_FILE = re.compile(r"[A-Z]{2}\.toml")
SHARED = "common-sources.toml"
"""File of the sources that many economies' files name."""


class EconomyError(EntrepotError):
    """No file for that economy, or a packaged file that does not hold."""

    code = "economy"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """The form of the file of common sources."""

    sources: dict[str, Source] = field(default_factory=dict)


@cache
def codes() -> tuple[str, ...]:
    """ISO 3166-1 alpha-2 codes of the economies that have a file, sorted. No file is read for it."""
    names = (each.name for each in resources.files("entrepot.economy").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if _FILE.fullmatch(name)))


def packaged_files() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file of an economy that comes with the package, unjudged, in order."""
    for code in codes():
        yield f"{code}.toml", (resources.files("entrepot.economy") / f"{code}.toml").read_bytes()


def economies() -> tuple[Economy, ...]:
    """Every economy that has a file, sorted by code. Raises :class:`EconomyError` if a packaged file is wrong."""
    return tuple(economy(each) for each in codes())


@cache
def economy(code: str) -> Economy:
    """The file of the economy with this ISO 3166-1 alpha-2 ``code``.

    Raises :class:`EconomyError` where there is none: what holds there is then unknown, not allowed and not zero.
    """
    if code in codes():
        name = f"{code}.toml"
        found, findings = read_file((resources.files("entrepot.economy") / name).read_bytes(), name=name)
        if found is None:
            raise EconomyError(f"{name}: {findings[0].path}: {findings[0].text}", remedy="Correct the file.")
        return found
    raise EconomyError(
        f"there is no file for economy {code!r}", code="economy-unknown", remedy="Use one of: " + ", ".join(codes())
    )


@cache
def shared_sources() -> dict[str, Source]:
    """The sources that several files name, by key."""
    body = (resources.files("entrepot.economy") / SHARED).read_bytes()
    value, findings = _read_toml(body)
    shared, more = parse(_Shared, value)
    if shared is None or findings:
        raise EconomyError(f"{SHARED}: {(*findings, *more)[0].text}", remedy="Correct the file.")
    return shared.sources


def sources_of(found: Economy) -> dict[str, Source]:
    """Every source that the file of ``found`` may name, its own and the common ones, by key."""
    return {**shared_sources(), **found.sources}


def check_file(data: bytes, *, name: str) -> tuple[Finding, ...]:
    """All that is wrong in an economy's file with these bytes and this file name (``XX.toml``); empty if it holds."""
    return read_file(data, name=name)[1]


def read_file(data: bytes, *, name: str) -> tuple[Economy | None, tuple[Finding, ...]]:
    """The economy that a file describes, or None and every finding."""
    value, findings = _read_toml(data)
    if findings:
        return None, findings
    found, findings = parse(Economy, value)
    if found is None:
        return None, findings
    findings = judge(found, shared_sources(), name=name)
    return (None, findings) if findings else (found, ())


def _read_toml(data: bytes) -> tuple[Any, tuple[Finding, ...]]:
    try:
        return _plain(tomllib.loads(data.decode("utf-8"))), ()
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as wrong:
        return None, (problem(10, "$", "Not TOML: {reason}.", "Write TOML 1.0 in UTF-8.", reason=str(wrong)),)


def _plain(value: Any) -> Any:
    """The value with TOML's dates written as text, as shapes read them."""
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value
