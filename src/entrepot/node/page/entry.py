"""One field of a form: its label, help, value, and what is wrong with it, so that all of it stands beside the field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from entrepot.base.text import is_safe

OPTIONAL = frozenset({"checkbox"})
SHOWN_MOST = 100_000
"""Characters of a text that is too long for its field which are shown again."""
SECRET, FILES = frozenset({"password", "code"}), frozenset({"files", "picture"})


@dataclass(slots=True, kw_only=True)
class Entry:
    """``kind``: text, email, password, number, date, textarea, select, code, checkbox, told (chosen for the reader, who
    is told which of ``options`` it is), choices (several of ``options``; their values with spaces between), files
    (their digests, likewise) or picture (its digest).
    ``path``: of the member of a document that it fills. ``most``: characters it takes. ``options``: value and words of
    each choice. ``heading``: over it, where a part of the form begins."""

    name: str
    label: str
    help: str = ""
    kind: str = "text"
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    required: bool = True
    autocomplete: str = "off"
    most: int = 200
    path: str = ""
    heading: str = ""
    problems: list[str] = field(default_factory=list)
    english: list[str] = field(default_factory=list)
    """Findings that nobody has translated yet."""

    hints: list[tuple[str, bool]] = field(default_factory=list)
    """What was found and does not stop anything, each with whether it is English."""

    unscanned: bool = False
    """For files: they cannot be looked at now, and can be sent again later."""

    shown: str = ""
    """For a picture: itself, as a ``data:`` address."""

    @property
    def chosen(self) -> list[str]:
        """The values of what was chosen."""
        return self.value.split()

    @property
    def words(self) -> str:
        """The words of the one choice that was made."""
        return dict(self.options).get(self.value, "")

    @property
    def is_wrong(self) -> bool:
        """Whether something stands against it."""
        return bool(self.problems or self.english)

    @property
    def described(self) -> str:
        """Ids of what describes the field."""
        marks = [("help", self.help), ("wrong", self.is_wrong), ("hint", self.hints)]
        return " ".join(f"{self.name}-{mark}" for mark, there in marks if there)


def is_worth_keeping(entries: Iterable[Entry]) -> bool:
    """Whether what is typed there is work that a lost connection should not cost: free text, or more than two fields;
    never where a password or a code is among them."""
    kinds = [each.kind for each in entries if each.kind not in FILES]
    return SECRET.isdisjoint(kinds) and ("textarea" in kinds or len(kinds) > 2)


def status_of(entries: Iterable[Entry]) -> int:
    """The status of an answer that shows these fields (RFC 9110, 15): 422 where something stands against one, 503 where
    files could not be looked at."""
    kept = list(entries)
    if any(each.unscanned for each in kept):
        return 503
    return 422 if any(each.is_wrong for each in kept) else 200


def fill_in(entries: Iterable[Entry], typed: Mapping[str, str]) -> None:
    """Put what was typed into the fields; passwords and codes are never shown again."""
    for each in entries:
        if each.kind not in SECRET:
            each.value = typed.get(each.name, each.value)[: max(each.most, SHOWN_MOST)]


def examine(entries: Iterable[Entry], typed: Mapping[str, str]) -> bool:
    """Fill the fields in and note what any form asks for; whether nothing stands against them."""
    kept = list(entries)
    fill_in(kept, typed)
    for each in kept:
        wrong = _problem(each, typed.get(each.name, ""))
        if wrong:
            each.problems.append(wrong)
    return not any(each.is_wrong for each in kept)


def _problem(entry: Entry, text: str) -> str:
    if not text.strip():
        return gettext("Fill this in.") if entry.required and entry.kind not in OPTIONAL else ""
    if len(text) > entry.most:
        return gettext("This is too long: at most %(most)s characters.") % {"most": entry.most}
    if not is_safe(text):
        return gettext("This holds a character that cannot be kept. Remove it.")
    values = [value for value, _ in entry.options]
    if entry.kind == "choices" and not set(text.split()) <= set(values):
        return gettext("Choose one of the list.")
    if entry.kind in ("select", "told") and text not in values:
        return gettext("Choose one of the list.")
    return ""
