"""The words of a rendering, a table per language, with who translated and who checked it.

Tags after BCP 47; the tables lie below ``locale``. Dates, numbers and names of economies are those of CLDR (Babel).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel import Locale

LANGUAGES = ("en", "zh-hans", "zh-hant", "ms", "id", "vi", "th", "ja", "ko")
"""Languages in which a document can be rendered."""
NOBODY = "nobody yet"
"""Who has checked a table that a machine drafted."""
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Words:
    """One language: ``labels`` of members (``Shape.member`` where it differs there), names of ``kinds``, ``texts``
    of the page, ``words`` for values."""

    language: str
    translator: str
    checked_by: str
    labels: Mapping[str, str]
    kinds: Mapping[str, str]
    texts: Mapping[str, str]
    words: Mapping[str, str]

    @property
    def locale(self) -> Locale:
        """Where dates and numbers are formatted."""
        return Locale.parse(self.language, sep="-")

    @property
    def tag(self) -> str:
        """The BCP 47 tag."""
        return str(self.locale).replace("_", "-")

    @property
    def is_draft(self) -> bool:
        """Whether nobody who reads the language has checked the table."""
        return self.checked_by == NOBODY

    def label(self, name: str, shape: str = "") -> str:
        """What a member is called; a name that no table has is taken apart at its capitals."""
        found = self.labels.get(f"{shape}.{name}") or self.labels.get(name) if shape else None
        return found or _CAPITAL.sub(" ", name)


@cache
def words_of(language: str) -> Words:
    """The table of one of :data:`LANGUAGES`."""
    read = tomllib.loads((files(__package__) / "locale" / f"{language}.toml").read_text("utf-8"))
    return Words(
        language=read["language"],
        translator=read["translator"],
        checked_by=read["checked_by"],
        labels=read["labels"],
        kinds=read["kinds"],
        texts=read["texts"],
        words=read["words"],
    )
