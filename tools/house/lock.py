"""Requirements: the locked sets hold what pyproject.toml asks for, exactly, with hashes, and contain each other."""

import re
import tomllib
from itertools import pairwise

from house.tree import Tree

SETS = ("runtime", "node", "test")
BUILD = {"hatchling", "editables"}
"""What the project's own installation needs, because build isolation would fetch it unlocked."""
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>[^\n]*)")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name.strip(), maxsplit=1)[0]).lower()


def inputs(text: str) -> set[str]:
    """Names that a ``.in`` file asks for."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return {_normal(line) for line in lines if line and not line.startswith("-")}


def pins(text: str) -> dict[str, str]:
    """Name -> version of a locked file."""
    return {_normal(found["name"]): found["version"] for found in map(_PIN.match, text.splitlines()) if found}


def lock_violations(tree: Tree) -> list[str]:
    """Everything in which the sets and pyproject.toml disagree."""
    folder = tree.root / "requirements"
    project = tomllib.loads((tree.root / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {name: inputs((folder / f"{name}.in").read_text("utf-8")) for name in SETS}
    locked = {name: (folder / f"{name}.txt").read_text("utf-8") for name in SETS}
    wanted = {
        "runtime": {_normal(each) for each in project["dependencies"]} | BUILD,
        "node": {_normal(each) for each in project["optional-dependencies"]["node"]},
    }
    found = [
        f"requirements/{name}.in and pyproject.toml differ in {', '.join(sorted(asked[name] ^ names))}"
        for name, names in wanted.items()
        if asked[name] != names
    ]
    for name in SETS:
        found += [
            f"requirements/{name}.txt lacks {each}; make lock" for each in sorted(asked[name] - set(pins(locked[name])))
        ]
        found += [f"requirements/{name}.txt: {line[:60]}" for line in locked[name].splitlines() if not _is_locked(line)]
    for smaller, larger in pairwise(SETS):
        have = pins(locked[larger])
        found += [
            f"requirements/{larger}.txt: {name} is {have.get(name)}, in {smaller}.txt {version}; make lock"
            for name, version in pins(locked[smaller]).items()
            if have.get(name) != version
        ]
    return found


def _is_locked(line: str) -> bool:
    """A pin that goes on with hashes, a hash, or nothing."""
    bare = line.strip()
    return not bare or bare.startswith(("--hash=sha256:", "#")) or bool(re.fullmatch(r"\S+==\S+( ; .*)? \\", bare))
