"""Sizes, as a ratchet: hard limits, and the few exceptions may not grow."""

import ast
from statistics import median, quantiles

from house.tree import ALLOWED, Tree

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
PARAMETERS_MAX = 6
POSITIONAL_MAX = 2
"""Positional parameters of a public function; more are keyword-only. Held as a ratchet on their number."""


def sizes(tree: Tree) -> dict[str, int]:
    """What is above a limit: ``path`` or ``path:function`` or ``path:function()`` -> lines, lines, parameters."""
    found = {}
    for module in tree.modules + tree.tools:
        lines = module.text.count("\n")
        if lines > FILE_LINES_MAX:
            found[module.path] = lines
        for function in module.functions():
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > FUNCTION_LINES_MAX:
                found[f"{module.path}:{function.name}"] = length
            if parameters(function) > PARAMETERS_MAX:
                found[f"{module.path}:{function.name}()"] = parameters(function)
    return found


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many parameters a caller may give; click commands are called by click."""
    if any("command" in ast.unparse(each) or "option" in ast.unparse(each) for each in function.decorator_list):
        return 0
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def size_violations(tree: Tree) -> list[str]:
    """Everything above a limit that is not in the ratchet, or has grown since, or no longer needs it."""
    ratchet = tree.allowed.get("size", {})
    found = sizes(tree)
    grown = [
        f"{place}: {size}, at most {ratchet.get(place, 'the limit')} is allowed; split it"
        for place, size in found.items()
        if size > ratchet.get(place, 0)
    ]
    loose = [
        f"{ALLOWED}: [size] {place} = {bound} is now {found.get(place, 'within the limits')}; tighten it"
        for place, bound in ratchet.items()
        if found.get(place, 0) < bound
    ]
    return sorted(grown) + sorted(loose)


def figures(tree: Tree) -> str:
    """Medians and 90th percentiles of files and functions, beside the goals."""
    files = [each.text.count("\n") for each in tree.modules if each.text.strip()]
    functions = [(f.end_lineno or f.lineno) - f.lineno + 1 for each in tree.modules for f in each.functions()]
    return "\n".join(
        f"{what}: {len(counts)}, median {median(counts):.0f} (goal {goal}), "
        f"90th percentile {quantiles(counts, n=10)[-1]:.0f} (goal {tail}), longest {max(counts)}"
        for what, counts, goal, tail in (("files", files, 130, 300), ("functions", functions, 8, 25))
    )
