"""The key trade data elements of each document (ICC KTDDE) and the member that carries each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyElement:
    """``uid``: identifier in UNTDED, empty where no source that could be read states it; ``need``: M, O, C, or empty
    likewise. ``at``: the member, empty where there is none; then ``why`` says so."""

    name: str
    uid: str
    need: str
    at: str
    why: str


@cache
def key_elements() -> Mapping[str, tuple[KeyElement, ...]]:
    """Kind -> its elements."""
    read = tomllib.loads((files(__package__) / "ktdde.toml").read_text("utf-8"))
    uids = read["uids"]
    return {
        kind: tuple(
            KeyElement(
                name=name,
                uid=uids.get(name, ""),
                need=row.get("need", ""),
                at=row.get("at", ""),
                why=row.get("why", ""),
            )
            for name, row in rows.items()
        )
        for kind, rows in read["elements"].items()
    }
