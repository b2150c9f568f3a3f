"""Bring the catalogues of translations up to date: ``python tools/messages``; ``--check`` only says what is missing.

Strings are taken from ``src/entrepot/node``: ``gettext`` and ``gettext_noop`` in code, ``translate`` and
``blocktranslate`` in templates. A translation that equals the English counts as missing unless
``tools/messages/same.toml`` lists it with a reason.
"""

import io
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent.parent
NODE = ROOT / "src" / "entrepot" / "node"
LOCALE = NODE / "page" / "locale"
SAME = Path(__file__).with_name("same.toml")
KEYWORDS = {"gettext": None, "gettext_noop": None, "ngettext": (1, 2), "_": None}


def strings() -> Iterator[tuple[str, int, str]]:
    """Every string that a reader may see: file, line, text."""
    from django.utils.translation.template import templatize

    for file in sorted(NODE.rglob("*.py")):
        yield from _found(file, file.read_bytes())
    for file in sorted(NODE.rglob("*.html")):
        yield from _found(file, templatize(file.read_text("utf-8"), origin=str(file)).encode("utf-8"))


def _found(file: Path, body: bytes) -> Iterator[tuple[str, int, str]]:
    for line, text, _, _ in extract("python", io.BytesIO(body), keywords=KEYWORDS):
        yield file.relative_to(ROOT).as_posix(), line, text[0] if isinstance(text, tuple) else text


@cache
def template() -> Catalog:
    """All strings, with where they stand (files alone: lines would change the catalogues at every edit)."""
    made = Catalog(charset="utf-8")
    for file, _, text in strings():
        made.add(text, locations=[(file, 0)])
    return made


def missing(catalogue: Catalog, wanted: Catalog, same: dict[str, str]) -> list[str]:
    """The strings that ``catalogue`` does not translate."""
    found = []
    for message in wanted:
        if not message.id:
            continue
        known = catalogue.get(message.id)
        text = known.string if known is not None else ""
        if not text or (text == message.id and message.id not in same) or (known is not None and known.fuzzy):
            found.append(str(message.id))
    return found


def same_for(language: str) -> dict[str, str]:
    """Strings that this language writes as English does, each with the reason."""
    listed = tomllib.loads(SAME.read_text("utf-8"))
    return {**listed.get("all", {}), **listed.get(language, {})}


def catalogues() -> dict[str, Path]:
    """Language code -> its file."""
    return {file.stem: file for file in sorted(LOCALE.glob("*.po"))}


def gaps() -> dict[str, list[str]]:
    """Language -> strings without a translation; only languages that have some."""
    wanted, found = template(), {}
    for language, file in catalogues().items():
        with file.open("rb") as stream:
            lacking = missing(read_po(stream), wanted, same_for(language))
        if lacking:
            found[language] = lacking
    return found


def update() -> None:
    """Write every catalogue anew: new strings come in empty, strings that are gone go."""
    wanted = template()
    for file in catalogues().values():
        head, _, _ = file.read_text("utf-8").partition("\n\n")
        with file.open("rb") as stream:
            kept = read_po(stream)
        fresh = Catalog(charset="utf-8")
        for message in wanted:
            if message.id:
                known = kept.get(message.id)
                fresh.add(message.id, known.string if known else "", locations=message.locations)
        body = io.BytesIO()
        write_po(body, fresh, omit_header=True, include_lineno=False, sort_output=True, width=120)
        file.write_text(f"{head}\n\n{body.getvalue().decode('utf-8').lstrip()}", "utf-8")


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
