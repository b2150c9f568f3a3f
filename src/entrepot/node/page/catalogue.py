"""Catalogues of translations: written as PO files, compiled at the start of a node, so that no binary is kept.

Each PO file says in its head who translated it (``X-Translator``) and who checked it (``X-Checked-By``); pages show it.
Format: GNU gettext PO and MO.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from entrepot.node.page.language import LANGUAGES, Language, gettext_noop

DRAFT = gettext_noop("machine draft")
NOBODY = gettext_noop("nobody yet")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who translated a catalogue, and who checked it."""

    translator: str
    checked_by: str

    @property
    def is_draft(self) -> bool:
        """Whether nobody who reads the language has checked it."""
        return self.checked_by == NOBODY


ORIGINAL = Provenance("the authors", "the authors")


def catalogue(language: Language) -> Catalog | None:
    """The catalogue of ``language``; None for English, in which the pages are written."""
    file = resources.files("entrepot.node.page") / "locale" / f"{language.code}.po"
    if not file.is_file():
        return None
    with file.open("rb") as stream:
        return read_po(stream, locale=language.locale)


@cache
def provenance(language: Language) -> Provenance:
    """Who is behind the words that a reader of ``language`` sees."""
    found = catalogue(language)
    if found is None:
        return ORIGINAL
    heads = dict(found.mime_headers) | _own_heads(language)
    return Provenance(heads.get("X-Translator", DRAFT), heads.get("X-Checked-By", NOBODY))


def _own_heads(language: Language) -> dict[str, str]:
    """The heads that Babel does not keep: those that begin with ``X-``."""
    text = (resources.files("entrepot.node.page") / "locale" / f"{language.code}.po").read_text("utf-8")
    head = text.partition("\n\n")[0]
    lines = [each.strip().strip('"').removesuffix("\\n") for each in head.splitlines() if each.startswith('"X-')]
    return dict(each.split(": ", 1) for each in lines)


def compile_into(folder: Path) -> None:
    """Write every catalogue as ``<folder>/<django's name>/LC_MESSAGES/django.mo``, where Django reads it."""
    from django.utils.translation import to_locale

    for language in LANGUAGES:
        found = catalogue(language)
        if found is None:
            continue
        target = folder / to_locale(language.code) / "LC_MESSAGES"
        target.mkdir(parents=True, exist_ok=True)
        with (target / "django.mo").open("wb") as stream:
            write_mo(stream, found)
