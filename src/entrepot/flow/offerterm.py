"""The terms by which an offer is found: words where a script parts them, pairs of characters where it does not.

Chinese, Japanese, Thai, Lao, Khmer and Burmese are written without spaces, and Korean glues endings to its words: a
run of them gives every two neighbouring characters, so that a word of two characters is found wherever it stands, with
no dictionary. Of all other scripts each word is a term. Tone marks and accents of Latin letters are left out, so that
Vietnamese is found as it is typed on any keyboard.
"""

import re
import unicodedata
from collections.abc import Iterator

TERM_MAX = 40
"""Characters of a word that count."""
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
_RUN = re.compile(f"[{_UNSPACED}]+|[^\\W_{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_LETTERS = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ı": "i"})


def fold(text: str) -> str:
    """``text`` without case, width (NFKC) and the marks of Latin letters; marks of other scripts are letters."""
    kept: list[str] = []
    for each in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()):
        is_mark = unicodedata.category(each) == "Mn"
        if is_mark and kept and kept[-1].isascii():
            continue
        kept.append(each)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS)


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """The words and runs of folded text, each with whether its script is written without spaces."""
    for found in _RUN.finditer(text):
        yield found.group(), _IS_UNSPACED.match(found.group()) is not None


def terms(text: str) -> set[str]:
    """The terms of a text: what it is found by."""
    found: set[str] = set()
    for run, unspaced in runs(fold(text)):
        found |= _pairs(run) | {run[-1]} if unspaced else {run[:TERM_MAX]}
    return found


def wanted(text: str) -> list[tuple[str, bool]]:
    """What is looked up for a question: each beginning of a term, with whether it is the whole term.

    All of them must be found. A single character of a script without spaces, and the beginning of a word, are
    beginnings; a word of one letter is whole, or it would find everything.
    """
    asked: dict[tuple[str, bool], None] = {}
    for run, unspaced in runs(fold(text)):
        if unspaced and len(run) > 1:
            asked |= dict.fromkeys((each, True) for each in sorted(_pairs(run)))
        else:
            asked[run[:TERM_MAX], not unspaced and len(run) == 1] = None
    return list(asked)


def _pairs(run: str) -> set[str]:
    return {run[at : at + 2] for at in range(len(run) - 1)}
