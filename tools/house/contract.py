"""The import contracts name every room: a new room cannot slip past the journal's or the frameworks' contract."""

import tomllib
from typing import Any

from house.tree import Tree

ABOVE_OR_BESIDE = {"flow", "cli", "node", "journal", ""}
"""Rooms that the frameworks' contract does not bind: use cases have one of their own, the journal has databases."""


def contract_violations(tree: Tree) -> list[str]:
    """Rooms with code that a contract of pyproject.toml does not name."""
    settings = tomllib.loads((tree.root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    contracts: dict[str, dict[str, Any]] = {each["id"]: each for each in settings["contracts"]}
    rooms = {each.room for each in tree.modules} - {"", "__main__"}
    expected = {
        ("journal", "forbidden_modules"): rooms - {"base", "journal"},
        ("frameworks", "source_modules"): rooms - ABOVE_OR_BESIDE,
    }
    found = []
    for (contract, member), names in expected.items():
        listed = {each.removeprefix("entrepot.") for each in contracts[contract][member]}
        found += [
            f'pyproject.toml: add "entrepot.{name}" to {member} of contract {contract}' for name in names - listed
        ]
        found += [f"pyproject.toml: {member} of contract {contract} names entrepot.{name}" for name in listed - names]
    return sorted(found)
