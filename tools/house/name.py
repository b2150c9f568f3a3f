"""Names: the field's own nouns, and a docstring on whatever is public."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from house.tree import Module, Tree

BANNED_FILES = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "data", "info", "misc"}
_COUNTRY = re.compile(r"countr(y|ies)", re.IGNORECASE)


def file_names(tree: Tree) -> list[str]:
    """Modules and folders whose name says nothing."""
    return [
        f"{each.path}: a name that says nothing; use the field's noun"
        for each in tree.modules + tree.tools
        if BANNED_FILES & {Path(part).stem for part in Path(each.path).parts}
    ]


def country(tree: Tree) -> list[str]:
    """Names and texts that say "country": the word here is economy, except inside a standard's package."""
    found = {
        each.path: f"says {', '.join(sorted(words))}; say economy"
        for each in tree.modules
        if not each.is_of_a_standard and (words := set(_countries(each)))
    }
    return tree.excepted("country", found)


def _countries(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        for text in _names(node):
            if _COUNTRY.search(text):
                yield repr(text[:60])


def _names(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    return ()


def undocumented(tree: Tree) -> list[str]:
    """Public modules, classes, functions and methods without a docstring."""
    found = []
    for module in tree.modules:
        if module.text.strip() and not ast.get_docstring(module.tree):
            found.append(f"{module.path}: no docstring")
        found += [f"{module.path}:{line} {name}: no docstring" for line, name in _silent(module.tree.body)]
    return found


def _silent(body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        overloads = any(
            "overload" in ast.unparse(each) or "setter" in ast.unparse(each) for each in node.decorator_list
        )
        if not ast.get_docstring(node) and not overloads and node.name != "Meta":
            yield node.lineno, node.name
        if isinstance(node, ast.ClassDef):
            yield from _silent(node.body)


def silent_errors(tree: Tree) -> list[str]:
    """Handlers that pass over an exception: say why by what they do, or let it rise."""
    found = {
        module.path: f"line {node.lineno} passes over an exception"
        for module in tree.modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and all(isinstance(each, ast.Pass) for each in node.body)
    }
    return tree.excepted("silent", found)
