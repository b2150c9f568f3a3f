"""Files: none dead, none with a path of one machine or the host of a package index."""

import ast
import re
from collections.abc import Iterator

from house.pure import imports_of
from house.tree import Module, Tree

_DOTTED = re.compile(r"(entrepot(?:\.[A-Za-z_][A-Za-z0-9_]*)+)(?::[A-Za-z_.]+)?")
_MACHINE = re.compile(r"(?:^|[^a-zA-Z0-9_.])/(?:work|farm|root|home/[a-z][a-z0-9_-]*|opt/wheels|Users/[A-Za-z]+)/")
# Written in pieces, so that this file does not name them.
_HOSTS = ("py" + "pi.org", "pythonhosted" + ".org", "registry.npm" + "js.org", "index.crates" + ".io")
_INDEX = re.compile(
    r"--(?:extra-)?index-url[ =]|--find-links|--trusted-host[ =]|^ *(?:index-url|extra-index-url) *=", re.M
)


def dead_files(tree: Tree) -> list[str]:
    """Modules that no other module imports or names, and that are no entry point."""
    named: set[str] = set()
    for module in tree.modules:
        names = set(imports_of(module)) | set(_named_in_texts(module))
        named |= {name for name in names if name != module.name}
    pyproject = (tree.root / "pyproject.toml").read_text("utf-8") if (tree.root / "pyproject.toml").exists() else ""
    named |= {found.group(1) for found in _DOTTED.finditer(pyproject)}
    found = {
        each.path: "nothing imports it"
        for each in tree.modules
        if each.name not in named and not each.path.endswith(("__init__.py", "__main__.py"))
    }
    return tree.excepted("dead", found)


def _named_in_texts(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
            found = _DOTTED.fullmatch(node.value)
            if found:  # a module, or something in it
                yield found.group(1)
                yield found.group(1).rpartition(".")[0]


def machine_paths(tree: Tree) -> list[str]:
    """Lines that carry a path of one machine."""
    return [
        f"{path}:{number}: a path of one machine"
        for path, text in tree.texts()
        for number, line in enumerate(text.splitlines(), 1)
        if _MACHINE.search(line)
    ]


def index_addresses(tree: Tree) -> list[str]:
    """Files that name the host of a package index or tell a tool to use one."""
    return [
        f"{path}: names a package index"
        for path, text in tree.texts()
        if any(host in text for host in _HOSTS) or (path != "tools/house/place.py" and _INDEX.search(text))
    ]
