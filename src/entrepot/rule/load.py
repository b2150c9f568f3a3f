"""The topics and packs that come with the package; and reading one that somebody writes."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from entrepot.base.digest import sha256
from entrepot.base.error import EntrepotError, UsageError
from entrepot.base.finding import Finding, blocking
from entrepot.base.shape import parse
from entrepot.rule.check import check_pack
from entrepot.rule.pack import Pack, Topic, read_toml, read_topic

_TOPIC = "topic.toml"


class RuleError(EntrepotError):
    """A packaged topic or pack does not hold."""

    code = "rule"


def _folder() -> Traversable:
    return resources.files("entrepot.rule") / "packs"


@cache
def topics() -> tuple[str, ...]:
    """The topics that come with the package, sorted."""
    return tuple(sorted(each.name for each in _folder().iterdir() if each.is_dir() and (each / _TOPIC).is_file()))


@cache
def topic(name: str) -> Topic:
    """The topic of this name. Raises :class:`UsageError` where there is none."""
    if name not in topics():
        raise UsageError(f"no topic {name!r}", remedy="Use one of: " + ", ".join(topics()))
    found, findings = read_topic((_folder() / name / _TOPIC).read_bytes())
    if found is None:
        raise RuleError(f"{name}/{_TOPIC}: {findings[0].path}: {findings[0].text}")
    return found


@cache
def packs(name: str) -> Mapping[str, Pack]:
    """The packs of a topic by economy. Raises :class:`RuleError` where a packaged one does not hold."""
    about = topic(name)
    found = {}
    for file, body in _files(name):
        if file != _TOPIC:
            pack, findings = read_pack(about, body)
            wrong = blocking(findings)
            if pack is None or wrong or f"{pack.economy}.toml" != file:
                first = wrong[0] if wrong else None
                raise RuleError(f"{name}/{file}: {first.path + ': ' + first.text if first else 'named otherwise'}")
            found[pack.economy] = pack
    return found


@cache
def digest(name: str) -> str:
    """SHA-256 over all files of a topic: of the lines ``<digest of the file> <its name>``, sorted by name."""
    return sha256("".join(f"{sha256(body)} {file}\n" for file, body in _files(name)).encode())


def _files(name: str) -> list[tuple[str, bytes]]:
    files = (each for each in (_folder() / name).iterdir() if each.name.endswith(".toml"))
    return sorted((each.name, each.read_bytes()) for each in files)


def read_pack(about: Topic, data: bytes) -> tuple[Pack | None, tuple[Finding, ...]]:
    """The pack that a TOML file holds, with the findings of its checks; None where it cannot be read."""
    raw, findings = read_toml(data)
    if findings:
        return None, findings
    pack, findings = parse(Pack, raw)
    if pack is None:
        return None, findings
    return pack, check_pack(about, pack)
