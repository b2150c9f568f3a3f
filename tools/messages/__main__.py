"""Bring the catalogues of translations up to date: ``python tools/messages``; ``--check`` only says what is missing.

Strings are taken from ``src/entrepot/node``: ``gettext``, ``gettext_noop`` and ``ngettext`` in code, ``translate`` and
``blocktranslate`` (also with ``plural``) in templates, and what the table of origins says; and from all rooms, what
their findings say, what helps, what rules ask and need, and what is said by ``said`` or stands in ``worded``
(``entrepot.base.said``). A translation that equals the English counts as missing unless
``tools/messages/same.toml`` lists it with a reason; of one with a plural every form that its language has is wanted.
Languages that are not complete hold the strings of a seller's path, which ``path.toml`` names by file and finding.
"""

import ast
import io
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from entrepot.node.page.language import BY_CODE
from entrepot.node.page.origin import origins
from house.tree import Module, Tree
from reference.finding import Reading

ROOT = Path(__file__).resolve().parent.parent.parent
NODE = ROOT / "src" / "entrepot" / "node"
RULES = ROOT / "src" / "entrepot" / "rule" / "packs"
LOCALE = NODE / "page" / "locale"
SAME = Path(__file__).with_name("same.toml")
PATH = Path(__file__).with_name("path.toml")
TERMS = Path(__file__).with_name("terms.toml")
KEYWORDS = {"gettext": None, "gettext_noop": None, "ngettext": (1, 2), "_": None}
SAYING = ("said", "worded")
PLACE = re.compile(r"\{\w+\}")
Text = str | tuple[str, ...]
"""A string, or one with its plural."""


@cache
def strings() -> tuple[tuple[str, int, Text], ...]:
    """Every string that a reader may see: file (of a finding its id), line, text."""
    return (*_of_pages(), *_of_findings(), *_of_rules(), *_of_rooms())


def _of_pages() -> Iterator[tuple[str, int, Text]]:
    from django.utils.translation.template import templatize

    for file in sorted(NODE.rglob("*.py")):
        yield from found_in(file.relative_to(ROOT).as_posix(), file.read_bytes())
    for file in sorted(NODE.rglob("*.html")):
        body = templatize(file.read_text("utf-8"), origin=str(file)).encode("utf-8")
        yield from found_in(file.relative_to(ROOT).as_posix(), body)
    for row in origins().rows:
        for text in filter(None, (row.asked, row.does)):
            yield (NODE / "page" / "origins.toml").relative_to(ROOT).as_posix(), 0, text


def _of_findings() -> Iterator[tuple[str, int, Text]]:
    for finding in sorted(Reading(Tree(ROOT).modules).places):
        for text in filter(_has_words, (finding.message, finding.remedy)):
            yield finding.id, 0, text


def _of_rules() -> Iterator[tuple[str, int, Text]]:
    """What the rules ask, and what the facts are that they need: both stand in their findings."""
    for file in sorted(RULES.glob("*/topic.toml")):
        topic = tomllib.loads(file.read_text("utf-8"))
        told = [each["asks"] for each in topic["questions"].values()] + [
            each["means"] for each in topic["facts"].values()
        ]
        for text in told:
            yield file.relative_to(ROOT).as_posix(), 0, text


def _of_rooms() -> Iterator[tuple[str, int, Text]]:
    """What the rooms say by :func:`entrepot.base.said.said`: why something was answered."""
    for file, line, text in told_in(Tree(ROOT).modules):
        if text is not None and _has_words(text):
            yield file, line, text


def told_in(modules: Iterable[Module]) -> Iterator[tuple[str, int, str | None]]:
    """File, line and template of each call of ``said``; None where the template is not written there."""
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING:
                first = node.args[0] if node.args else None
                text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
                yield module.path, node.lineno, text


def _has_words(text: str) -> bool:
    return any(map(str.isalpha, PLACE.sub("", text)))


def found_in(file: str, body: bytes) -> Iterator[tuple[str, int, Text]]:
    """The strings of one file of Python, or of a template made into one."""
    for line, text, _, _ in extract("python", io.BytesIO(body), keywords=KEYWORDS):
        yield file, line, (text[0], text[1]) if isinstance(text, tuple) else text


@cache
def template(language: str = "") -> Catalog:
    """The strings that ``language`` must have, with where they stand (files alone: lines would change the catalogues at
    every edit); all where none is named."""
    made, path = Catalog(charset="utf-8"), seller_path()
    kept = strings()
    wanted = {_key(text) for file, _, text in kept if is_whole(language) or file in path}
    for file, _, text in kept:
        if _key(text) in wanted:
            made.add(text, locations=[(file, 0)])
    return made


def is_whole(language: str) -> bool:
    """Whether all pages are in that language."""
    return not language or BY_CODE[language].is_whole


def seller_path() -> frozenset[str]:
    """The files whose strings a seller meets, and the ids of findings."""
    page = (NODE / "page").relative_to(ROOT)
    named = tomllib.loads(PATH.read_text("utf-8"))
    return frozenset([*((page / each).as_posix() for each in named["files"]), *named["findings"]])


def _key(text: Text | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def missing(catalogue: Catalog, wanted: Catalog, same: dict[str, str]) -> list[str]:
    """The strings that ``catalogue`` does not translate."""
    return [_key(each.id) for each in wanted if each.id and not _is_translated(each, catalogue, same)]


def _is_translated(wanted: Message, catalogue: Catalog, same: dict[str, str]) -> bool:
    known = catalogue.get(_key(wanted.id))
    if known is None or known.fuzzy or isinstance(known.id, str) != isinstance(wanted.id, str):
        return False
    forms = (known.string,) if isinstance(known.string, str) else tuple(known.string or ())
    count = 1 if isinstance(wanted.id, str) else catalogue.num_plurals
    english = {wanted.id} if isinstance(wanted.id, str) else set(wanted.id)
    return len(forms) == count and all(each and (each not in english or _key(wanted.id) in same) for each in forms)


def same_for(language: str) -> dict[str, str]:
    """Strings that this language writes as English does, each with the reason."""
    listed = tomllib.loads(SAME.read_text("utf-8"))
    return {**listed.get("all", {}), **listed.get(language, {})}


def catalogues() -> dict[str, Path]:
    """Language code -> its file."""
    return {file.stem: file for file in sorted(LOCALE.glob("*.po"))}


def read(language: str, file: Path) -> Catalog:
    """The catalogue in a file; its language says how many forms a plural has."""
    with file.open("rb") as stream:
        return read_po(stream, locale=BY_CODE[language].locale)


def gaps() -> dict[str, list[str]]:
    """Language -> strings without a translation; only languages that have some."""
    found = {
        language: missing(read(language, file), template(language), same_for(language))
        for language, file in catalogues().items()
    }
    return {language: lacking for language, lacking in found.items() if lacking}


def update() -> None:
    """Write every catalogue anew: new strings come in empty, strings that are gone go."""
    for language, file in catalogues().items():
        head, _, _ = file.read_text("utf-8").partition("\n\n")
        file.write_text(f"{head}\n\n{renewed(read(language, file), template(language))}", "utf-8")


def renewed(kept: Catalog, wanted: Catalog) -> str:
    """The strings of ``wanted`` with what ``kept`` says of them, as the body of a PO file."""
    fresh = Catalog(locale=kept.locale, charset="utf-8")
    for message in wanted:
        if message.id:
            known = kept.get(_key(message.id))
            fits = known is not None and isinstance(known.id, str) == isinstance(message.id, str)
            string = known.string if known is not None and fits else ""
            fresh.add(message.id, string, locations=message.locations)
    body = io.BytesIO()
    write_po(body, fresh, omit_header=True, include_lineno=False, sort_output=True, width=120)
    return body.getvalue().decode("utf-8").lstrip()


def main() -> int:
    """0 when every catalogue is complete."""
    if "--check" not in sys.argv:
        update()
    found = gaps()
    for language, texts in found.items():
        sys.stdout.write(f"{language}: {len(texts)} strings without a translation\n")
        sys.stdout.writelines(f"    {text!r}\n" for text in texts)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
