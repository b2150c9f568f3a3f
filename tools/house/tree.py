"""A checkout as the rules see it: its Python modules parsed once, and the list of exceptions."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ALLOWED = Path("tests/house/allowed.toml")
STANDARD = re.compile(r"_[a-z][a-z0-9]*")
"""Name of a package that carries one standard, and so speaks that standard's language."""


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file: path below the root, text, syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The import name, for instance ``entrepot.base.money``; a package's without ``__init__``."""
        return ".".join(Path(self.path).with_suffix("").parts).removeprefix("src.").removesuffix(".__init__")

    @property
    def room(self) -> str:
        """The room: the part after ``entrepot``; empty for the package itself."""
        return [*self.name.split("."), ""][1]

    @property
    def is_of_a_standard(self) -> bool:
        """Whether it lies in a package named ``_<standard>``."""
        return any(STANDARD.fullmatch(part) for part in Path(self.path).parts[:-1])

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method in it."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@dataclass(frozen=True)
class Tree:
    """The files below ``root``."""

    root: Path

    @cached_property
    def modules(self) -> list[Module]:
        """The modules of the package, without generated migrations."""
        return [each for each in self._parsed("src") if "/migrations/" not in each.path]

    @cached_property
    def tools(self) -> list[Module]:
        """The project's own scripts."""
        return self._parsed("tools")

    def _parsed(self, folder: str) -> list[Module]:
        found = []
        for file in sorted((self.root / folder).rglob("*.py")):
            text = file.read_text("utf-8")
            found.append(Module(file.relative_to(self.root).as_posix(), text, ast.parse(text)))
        return found

    @cached_property
    def allowed(self) -> dict[str, Any]:
        """The exceptions: rule -> place -> reason or bound."""
        file = self.root / ALLOWED
        return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}

    @cached_property
    def tracked(self) -> list[Path]:
        """Files that git keeps or would keep; all files where there is no repository."""
        asked = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 -- PATH decides
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        names = asked.stdout.split("\0") if asked.returncode == 0 else []
        files = [self.root / name for name in names if name] or list(self.root.rglob("*"))
        return sorted(each for each in files if each.is_file())

    def texts(self, *endings: str) -> Iterator[tuple[str, str]]:
        """Path and text of each tracked file that is UTF-8 and has one of ``endings`` (all where none is given)."""
        for file in self.tracked:
            if endings and file.suffix not in endings:
                continue
            try:
                yield file.relative_to(self.root).as_posix(), file.read_text("utf-8")
            except UnicodeDecodeError:
                continue

    def excepted(self, rule: str, found: dict[str, str]) -> list[str]:
        """What of ``found`` (place -> complaint) is not excepted, and exceptions that have no cause any more."""
        reasons = self.allowed.get(rule, {})
        complaints = [f"{place}: {text}" for place, text in found.items() if place not in reasons]
        stale = [
            f"{ALLOWED}: [{rule}] {place} is no exception any more; remove it" for place in set(reasons) - set(found)
        ]
        return sorted(complaints) + sorted(stale)
