"""Sentences that keep what they were made of, so that a page can say them in its reader's language.

A :class:`Said` is text in English, wherever text is wanted. Beside it stands the template, which is the key of the
translations, and what fills its places: names, numbers, moments, and sentences of the same kind.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Self

_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}", re.ASCII)


def fill(template: str, params: Mapping[str, str]) -> str:
    """Put ``params`` into the ``{name}`` places of ``template``, once; an unknown place stays as it is.

    What is put in is never read as a template again, so that a stranger's text cannot pull in another parameter.
    """
    return _PLACE.sub(lambda place: str(params.get(place.group(1), place.group())), template)


def has_words(template: str) -> bool:
    """Whether anything is to be translated beside the places."""
    return any(map(str.isalpha, _PLACE.sub("", template)))


class Said(str):
    """A sentence in English. ``template``: with ``{name}`` places, the key of its translations, which may say less than
    the English does; empty where it has none. ``params``: what fills the places."""

    __slots__ = ("params", "template")
    template: str
    params: Mapping[str, str]

    def __new__(cls, text: str = "", template: str = "", params: Mapping[str, str] | None = None) -> Self:
        """``text``: the whole, in English."""
        made = super().__new__(cls, text)
        made.template, made.params = template, params or {}
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, dict[str, str]]]:
        """For copies: as it was made."""
        return type(self), (str(self), self.template, dict(self.params))

    def to_json(self) -> dict[str, Any]:
        """``message`` and ``params``, as a finding has them; ``said``: those of these that are sentences, if any."""
        plain = {name: str(each) for name, each in self.params.items()}
        return {"message": self.template, "params": plain} | nested(self.params)


UNSAID = Said()
"""Nothing is said."""


def said(template: str, /, **params: object) -> Said:
    """The sentence that ``template`` makes with ``params``."""
    texts = given(params)
    return Said(fill(template, texts), template, texts)


def worded(template: str) -> str:
    """``template`` itself, marked for the catalogues where it stands."""
    return template


def listed(parts: Sequence[Said]) -> Said:
    """Phrases one after the other, with semicolons between them."""
    named = {f"part{number}": each for number, each in enumerate(parts)}
    return said("; ".join(f"{{{name}}}" for name in named), **named)


def together(*sentences: Said) -> Said:
    """Whole sentences, one after the other."""
    parts = {f"part{number}": each for number, each in enumerate(filter(None, sentences))}
    return said(" ".join(f"{{{name}}}" for name in parts), **parts)


def plainer(words: str, sentence: Said) -> Said:
    """The exact words of a program, in English; in every other language the plainer ``sentence``."""
    return Said(words, sentence.template, sentence.params)


def given(params: Mapping[str, object]) -> dict[str, str]:
    """``params`` as text; sentences stay what they are."""
    return {name: each if isinstance(each, str) else str(each) for name, each in params.items()}


def foreign(text: str) -> Said:
    """Words of another program: told as they are in English, and in no other language."""
    return Said(text)


def nested(params: Mapping[str, str]) -> dict[str, Any]:
    """The member ``said`` with the sentences among ``params`` taken apart; nothing where there are none."""
    found = {name: each.to_json() for name, each in params.items() if isinstance(each, Said)}
    return {"said": found} if found else {}


def put_together(row: Mapping[str, Any]) -> dict[str, str]:
    """The params of what :meth:`Said.to_json` or a finding wrote, with the sentences among them."""
    plain: dict[str, str] = row["params"]
    return plain | {name: Said(plain[name], each["message"], put_together(each)) for name, each in _said_in(row)}


def _said_in(row: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [*row.get("said", {}).items()]
