"""The key trade data elements of each document (ICC KTDDE) and the member that carries each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyElement:
    """``uid``: identifier in UNTDED, empty where no source that could be read states it; ``is_directory``: it is that
    of the element of this name in UNTDED itself, and nobody says that KTDDE means it. ``need``: M, O, C, or empty where
    no source states it. ``at``: the member, empty where there is none; then ``why`` says so."""

    name: str
    uid: str
    need: str
    at: str
    why: str
    is_directory: bool = False


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "ktdde.toml").read_text("utf-8"))


def sources() -> Mapping[str, str]:
    """Kind -> where its list of elements was read, and what was found of their needs; ``searched``: where in vain."""
    read = _read()
    return {**read["lists"], "searched": read["sources"]["searched"], "directory": read["sources"]["directory"]}


@cache
def key_elements() -> Mapping[str, tuple[KeyElement, ...]]:
    """Kind -> its elements."""
    read = _read()
    uids, directory = read["uids"], read["directory"]
    return {
        kind: tuple(
            KeyElement(
                name=name,
                uid=uids.get(name) or directory.get(name, ""),
                is_directory=name not in uids and name in directory,
                need=row.get("need", ""),
                at=row.get("at", ""),
                why=row.get("why", ""),
            )
            for name, row in rows.items()
        )
        for kind, rows in read["elements"].items()
    }
