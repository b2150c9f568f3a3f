"""Every finding id that the source can give, with message, source and remedy, read from the syntax tree.

Ids are written as literals, or by a function of the same room from a number (``f"ENT-CORE-JSON-{number:02d}"``);
such a function is followed from each of its calls. A table row that starts with an id is read as it stands.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from house.tree import Module
from reference.fold import Scope, Unknown, fold, or_blank

ID = re.compile(r"ENT-(?:CORE|[A-Z]{2})(?:-[A-Z0-9]+)+-\d{2,3}")
_DEPTH_MAX = 4
_COLUMNS = ("id", "message", "remedy", "source")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def nodes(node: ast.AST) -> tuple[ast.AST, ...]:
    """All that ``ast.walk`` gives: functions are read again at each of their calls."""
    return tuple(ast.walk(node))


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One finding: id, what it says, where it comes from, what would fix it, and the room that gives it."""

    id: str
    message: str = ""
    source: str = ""
    remedy: str = ""
    room: str = field(default="", compare=False)


@dataclass(frozen=True)
class _Source:
    """One module with the functions and constants that it can name."""

    module: Module
    constants: Mapping[str, ast.expr]
    functions: Mapping[str, Function]

    @property
    def scope(self) -> Scope:
        return Scope(self.constants)


@dataclass(frozen=True)
class Reading:
    """The findings of a set of modules."""

    modules: Sequence[Module]

    @cached_property
    def sources(self) -> dict[str, _Source]:
        """The modules by name, each with its own names and those it imports from the others."""
        own = {each.name: _own(each) for each in self.modules}
        return {name: _with_imports(each, own) for name, each in own.items()}

    @cached_property
    def places(self) -> list[Row]:
        """What each place says that gives a finding; several may give one id."""
        return [row for source in self.sources.values() for row in self._rows_of(source)]

    @cached_property
    def rows(self) -> list[Row]:
        """All findings by id; of several places that give one id, the fullest stands."""
        best: dict[str, Row] = {}
        for row in self.places:
            known = best.get(row.id)
            if known is None or _fullness(row) > _fullness(known):
                best[row.id] = row
        return sorted(best.values())

    def _rows_of(self, source: _Source) -> Iterator[Row]:
        room = source.module.room
        for node in nodes(source.module.tree):
            if isinstance(node, ast.Call):
                yield from self._expand(node, source, source.scope, room, _DEPTH_MAX)
            elif isinstance(node, ast.Tuple):
                texts = [or_blank(each, source.scope) for each in node.elts]
                if texts and ID.fullmatch(texts[0]):
                    yield _row(dict(zip(_COLUMNS, filter(None, texts), strict=False)), room)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and ID.fullmatch(node.value):
                yield Row(node.value, room=room)

    def _expand(self, call: ast.Call, source: _Source, scope: Scope, room: str, depth: int) -> Iterator[Row]:
        """The rows that ``call`` gives, with what is known of its arguments in ``scope``."""
        direct = _direct(call, scope)
        if direct is not None:
            yield _row(direct, room)
            return
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        function = source.functions.get(name)
        if function is None or not depth or id(function) not in self._makers:
            return
        home = self._homes[id(function)]
        inner = Scope(home.constants).inside(_bind(function, call, scope))
        inner = inner.inside(_assigned(function, inner))
        for node in nodes(function):
            if isinstance(node, ast.Call) and node is not call:
                yield from self._expand(node, home, inner, home.module.room, depth - 1)

    @cached_property
    def _homes(self) -> dict[int, _Source]:
        """Functions (by identity) and the module that defines them."""
        return {
            id(node): source
            for source in self.sources.values()
            for node in nodes(source.module.tree)
            if isinstance(node, Function)
        }

    @cached_property
    def _makers(self) -> set[int]:
        """Functions that build an id from what they are given, or pass it on to one that does."""
        found = {
            id(node)
            for source in self.sources.values()
            for node in nodes(source.module.tree)
            if isinstance(node, Function) and _builds_an_id(node)
        }
        for _ in range(_DEPTH_MAX - 1):
            found |= {
                id(node)
                for source in self.sources.values()
                for node in source.functions.values()
                if _takes_a_number(node) and any(id(source.functions.get(name)) in found for name in _called(node))
            }
        return found

    @cached_property
    def unread(self) -> list[str]:
        """Places that build an id which could not be followed to any row: they would stay undocumented."""
        known = {row.id for row in self.rows}
        found = []
        for source in self.sources.values():
            for node in nodes(source.module.tree):
                if isinstance(node, ast.JoinedStr):
                    pattern = _pattern(node, source.scope)
                    if pattern and not any(re.fullmatch(pattern, each) for each in known):
                        found.append(f"{source.module.path}:{node.lineno}: no call of this id could be read")
        return sorted(found)


def _own(module: Module) -> _Source:
    constants: dict[str, ast.expr] = {}
    functions: dict[str, Function] = {}
    for node in nodes(module.tree):
        if isinstance(node, Function):
            functions.setdefault(node.name, node)
    for statement in module.tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            constants[statement.targets[0].id] = statement.value
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            constants[statement.target.id] = statement.value
    return _Source(module, constants, functions)


def _with_imports(source: _Source, own: Mapping[str, _Source]) -> _Source:
    constants, functions = dict(source.constants), dict(source.functions)
    for node in nodes(source.module.tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module in own:
            theirs = own[node.module]
            for alias in node.names:
                name = alias.asname or alias.name
                if alias.name in theirs.functions:
                    functions.setdefault(name, theirs.functions[alias.name])
                if alias.name in theirs.constants:
                    constants.setdefault(name, theirs.constants[alias.name])
    return _Source(source.module, constants, functions)


def _direct(call: ast.Call, scope: Scope) -> dict[str, str] | None:
    """Columns of a call that names an id itself, by keyword or first; None where it names none."""
    named = {each.arg: each.value for each in call.keywords if each.arg}
    first = named.get("id") or (call.args[0] if call.args else None)
    identifier = or_blank(first, scope)
    if not ID.fullmatch(identifier):
        return None
    texts = [text for each in call.args[1:] if (text := or_blank(each, scope))]
    columns = {"id": identifier, **dict(zip(_COLUMNS[1:], texts, strict=False))}
    return columns | {name: or_blank(named[name], scope) for name in _COLUMNS[1:] if name in named}


def _bind(function: Function, call: ast.Call, scope: Scope) -> dict[str, Any]:
    """What the parameters of ``function`` stand for in ``call``, as far as it is known."""
    given: dict[str, Any] = {}
    parameters = [
        each.arg for each in (*function.args.posonlyargs, *function.args.args) if each.arg not in ("self", "cls")
    ]
    defaults = function.args.defaults
    pairs = [*zip(parameters[len(parameters) - len(defaults) :], defaults, strict=False)]
    pairs += [
        (each.arg, value)
        for each, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        if value
    ]
    pairs += [*zip(parameters, call.args, strict=False)]
    # One that is given by its place alone leaves its name to a place of the message.
    named = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
    rest: dict[str, Any] = {}
    for keyword in call.keywords:
        if keyword.arg in named:
            pairs.append((keyword.arg, keyword.value))
        elif keyword.arg:
            rest[keyword.arg] = or_blank(keyword.value, scope)
    for name, value in pairs:
        try:
            given[name] = fold(value, scope)
        except Unknown:
            given.pop(name, None)
    if function.args.kwarg:
        given[function.args.kwarg.arg] = rest
    return given


def _assigned(function: Function, scope: Scope) -> dict[str, Any]:
    """Local names: ``number, message, remedy = rule`` and ``message = _MESSAGES[rule]``."""
    found: dict[str, Any] = {}
    for node in nodes(function):
        if not isinstance(node, ast.Assign):
            continue
        try:
            value = fold(node.value, scope.inside(found))
        except Unknown:
            continue
        target = node.targets[0]
        if isinstance(target, ast.Name):
            found[target.id] = value
        elif isinstance(target, ast.Tuple) and isinstance(value, tuple):
            found |= {
                each.id: part for each, part in zip(target.elts, value, strict=False) if isinstance(each, ast.Name)
            }
    return found


@cache
def _builds_an_id(function: Function) -> bool:
    parameters = {each.arg for each in nodes(function.args) if isinstance(each, ast.arg)}
    for node in nodes(function):
        if isinstance(node, ast.JoinedStr) and ast.unparse(node)[2:].startswith("ENT-"):
            return True
        if isinstance(node, ast.Call) and any(
            each.arg == "id" and isinstance(each.value, ast.Name) for each in node.keywords if parameters
        ):
            return True
    return False


def _takes_a_number(function: Function) -> bool:
    return bool(function.args.args or function.args.posonlyargs)


@cache
def _called(function: Function) -> set[str]:
    return {
        node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for node in nodes(function)
        if isinstance(node, ast.Call)
    }


def _row(columns: Mapping[str, str], room: str) -> Row:
    message, source, remedy = (columns.get(name, "") for name in ("message", "source", "remedy"))
    return Row(columns["id"], message, source, remedy, room)


def _fullness(row: Row) -> tuple[int, int]:
    texts = (row.message, row.source, row.remedy)
    return sum(map(bool, texts)), sum(map(len, texts))


def _pattern(node: ast.JoinedStr, scope: Scope) -> str:
    """A pattern of the ids that an f-string can give; empty where it builds none."""
    parts = []
    for each in node.values:
        try:
            parts.append(re.escape(str(fold(each, scope))))
        except Unknown:
            parts.append("[A-Z0-9-]+")
    text = "".join(parts)
    return text if text.startswith("ENT\\-") and re.search(r"\[A-Z0-9-\]\+", text) else ""
