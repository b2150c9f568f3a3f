"""Reading constants out of source: what an expression says, as far as it can be known without running it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Unknown(Exception):
    """The expression depends on something that only a run would tell."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Names and what they stand for: expressions of the module, values of a call."""

    names: Mapping[str, ast.expr] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def inside(self, values: Mapping[str, Any]) -> "Scope":
        """The scope within a call that was given ``values``."""
        return Scope(self.names, {**self.values, **values})


def fold(node: ast.expr | None, scope: Scope) -> Any:
    """The value of ``node``; raises :class:`Unknown`."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        if node.id in scope.values:
            return scope.values[node.id]
        if node.id in scope.names:
            return fold(scope.names[node.id], Scope(scope.names))
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(each, scope) for each in node.values)
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(fold(each, scope) for each in node.elts)
    if isinstance(node, ast.Subscript):
        return _item(node, scope)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return fold(node.left, scope) + fold(node.right, scope)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Severity":
        return node.attr.lower()
    if isinstance(node, ast.BoolOp):
        return fold(node.values[0], scope) or fold(node.values[-1], scope)
    if isinstance(node, ast.IfExp):
        return fold(node.body, scope)
    if isinstance(node, ast.Call):
        return _popped(node, scope)
    raise Unknown


def _part(node: ast.expr, scope: Scope) -> str:
    if not isinstance(node, ast.FormattedValue):
        return str(fold(node, scope))
    form = fold(node.format_spec, scope) if node.format_spec else ""
    value = fold(node.value, scope)
    try:
        return format(value, form)
    except (TypeError, ValueError) as wrong:
        raise Unknown from wrong


def _item(node: ast.Subscript, scope: Scope) -> Any:
    key = fold(node.slice, scope)
    table = node.value
    if isinstance(table, ast.Name) and table.id in scope.names and table.id not in scope.values:
        table = scope.names[table.id]
    if isinstance(table, ast.Dict):
        for name, value in zip(table.keys, table.values, strict=True):
            if name is not None and fold(name, scope) == key:
                return fold(value, scope)
        raise Unknown
    try:
        return fold(table, scope)[key]
    except (LookupError, TypeError) as wrong:
        raise Unknown from wrong


def _popped(node: ast.Call, scope: Scope) -> Any:
    """``given.pop("source", "")`` of a keyword dictionary, ``str(x)`` and ``Severity(x)``."""
    function = node.func
    if isinstance(function, ast.Name) and function.id in ("str", "Severity") and node.args:
        return fold(node.args[0], scope)
    if isinstance(function, ast.Attribute) and function.attr in ("pop", "get") and isinstance(function.value, ast.Name):
        given = scope.values.get(function.value.id)
        if isinstance(given, dict):
            key = fold(node.args[0], scope)
            return given[key] if key in given else fold(node.args[1], scope)
    raise Unknown


def or_blank(node: ast.expr | None, scope: Scope) -> str:
    """The text of ``node``; empty where it is absent or only a run would tell."""
    if node is None:
        return ""
    try:
        value = fold(node, scope)
    except Unknown:
        return ""
    return value if isinstance(value, str) else ""
