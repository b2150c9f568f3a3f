"""Paper: the changelog's form, links that lead somewhere, tables that can be read."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from house.tree import Tree

SECTIONS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
_VERSION = re.compile(r"## \[(?P<version>\d+\.\d+\.\d+)\] - (?P<day>\d{4}-\d{2}-\d{2})")
_LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def changelog(tree: Tree) -> list[str]:
    """Departures from Keep a Changelog 1.1: order of versions, names of sections, an Unreleased part."""
    text = (tree.root / "CHANGELOG.md").read_text("utf-8")
    found = [] if text.startswith("# Changelog\n") else ["CHANGELOG.md: the title is # Changelog"]
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    if not heads or heads[0] != "## [Unreleased]":
        found.append("CHANGELOG.md: the first part is ## [Unreleased]")
    versions = [_VERSION.fullmatch(line) for line in heads[1:]]
    found += [f"CHANGELOG.md: {line}" for line, ok in zip(heads[1:], versions, strict=True) if not ok]
    days = [date.fromisoformat(each["day"]) for each in versions if each]
    numbers = [tuple(map(int, each["version"].split("."))) for each in versions if each]
    if days != sorted(days, reverse=True) or numbers != sorted(numbers, reverse=True):
        found.append("CHANGELOG.md: the newest version stands first")
    names = {line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")}
    return found + [f"CHANGELOG.md: no section {name}" for name in sorted(names - SECTIONS)]


def links(tree: Tree) -> list[str]:
    """Relative links of Markdown files that lead to no file or no heading, and TOML files that cannot be read."""
    found = []
    for path, text in tree.texts(".md"):
        found += [f"{path}: {target} leads nowhere" for target in _dead_targets(tree, path, text)]
    for path, text in tree.texts(".toml"):
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as wrong:
            found.append(f"{path}: {wrong}")
    return found


def _dead_targets(tree: Tree, path: str, text: str) -> Iterator[str]:
    for target in _LINK.findall(_CODE.sub("", text)):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = (tree.root / path).parent / name if name else tree.root / path
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            yield target


def anchors(file: Path) -> set[str]:
    """The anchors of a Markdown file's headings, as GitHub makes them."""
    heads = [line.lstrip("#").strip() for line in file.read_text("utf-8").splitlines() if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
