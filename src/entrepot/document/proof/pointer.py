"""JSON Pointers (RFC 6901), and the part of a document that several of them select together.

The selection keeps what the parts mean: each object on the way down keeps its id and types (Data Integrity ECDSA
Cryptosuites 1.0, 3.4.11 and 3.4.12).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from entrepot.base.error import UsageError

POINTERS_MAX = 1000
_INDEX = re.compile("0|[1-9][0-9]{0,8}")
_ALL: dict[Any, Any] = {"": True}
"""Stands for a whole value in a tree of what is selected."""


def tokens_of(pointer: str) -> list[str]:
    """The reference tokens of a pointer. Raises :class:`UsageError` where it is none."""
    if pointer == "":
        return []
    if not pointer.startswith("/"):
        raise UsageError(f"not a JSON Pointer: {pointer[:80]!r}", remedy="Write it as /member/0/member.")
    return [each.replace("~1", "/").replace("~0", "~") for each in pointer[1:].split("/")]


def child_of(value: Any, token: str, pointer: str) -> tuple[str | int, Any]:
    """The key or index that ``token`` names in ``value``, and what lies there. Raises :class:`UsageError`."""
    if isinstance(value, Mapping) and token in value:
        return token, value[token]
    if isinstance(value, list) and _INDEX.fullmatch(token) and int(token) < len(value):
        return int(token), value[int(token)]
    raise UsageError(f"the document has nothing at {pointer[:80]!r}", remedy="Name what stands in it.")


def copied(value: Any) -> Any:
    """A copy in which no object stands twice."""
    if isinstance(value, Mapping):
        return {name: copied(each) for name, each in value.items()}
    return [copied(each) for each in value] if isinstance(value, list | tuple) else value


def select(
    document: Mapping[str, Any], pointers: Iterable[str], labels: Mapping[int, str]
) -> tuple[dict[str, Any], dict[int, str]]:
    """What ``pointers`` select of ``document``, with its contexts, and the labels of its own objects and lists.

    ``labels`` are those of the document's, by ``id()``. Raises :class:`UsageError` for a pointer that leads nowhere
    or takes an ordered list apart.
    """
    tree: dict[Any, Any] = {}
    given = list(pointers)
    if len(given) > POINTERS_MAX:
        raise UsageError(f"more than {POINTERS_MAX} pointers")
    for pointer in given:
        _mark(tree, document, pointer)
    made: dict[int, str] = {}
    if "@context" in document:
        tree["@context"] = _ALL
    return _taken(document, _ALL if tree.get("") is True else tree, labels, made), made


def _mark(tree: dict[Any, Any], document: Any, pointer: str) -> None:
    keys: list[str | int] = []
    value = document
    for token in tokens_of(pointer):
        key, value = child_of(value, token, pointer)
        keys.append(key)
    if not keys:
        tree[""] = True
        return
    for key in keys[:-1]:
        tree = tree.setdefault(key, {})
        if tree is _ALL:
            return
    tree[keys[-1]] = _ALL


def _taken(value: Any, tree: Mapping[Any, Any], labels: Mapping[int, str], made: dict[int, str]) -> Any:
    copy: Any
    if isinstance(value, list):
        if tree is not _ALL and id(value) in labels:
            raise UsageError("an ordered list cannot be taken apart", remedy="Name the whole list, or none of it.")
        copy = [
            _taken(each, _ALL if tree is _ALL else tree[number], labels, made)
            for number, each in enumerate(value)
            if tree is _ALL or number in tree
        ]
    elif isinstance(value, Mapping):
        copy = {
            name: _taken(each, _ALL if tree is _ALL or name in ("id", "type") else tree[name], labels, made)
            for name, each in value.items()
            if tree is _ALL or name in tree or name in ("id", "type")
        }
    else:
        return value
    if id(value) in labels:
        made[id(copy)] = labels[id(value)]
    return copy
