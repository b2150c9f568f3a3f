"""What may touch the world: clock, random source, files, environment, network; and no float near money."""

import ast
from collections.abc import Iterator

from house.tree import Module, Tree

USES = {
    "clock": {
        *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now", "timezone.now"),
        *("time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.sleep"),
    },
    "random": {"os.urandom", "uuid.uuid1", "uuid.uuid4", "uuid4", "token_bytes", "token_hex", "token_urlsafe"},
    "file": {"open", "io.open", "os.open", "os.fdopen", "shutil.rmtree", "os.replace", "os.remove", "tempfile.mkdtemp"},
    "environment": {"os.environ", "os.getenv"},
    "process": {"subprocess.run", "subprocess.Popen", "os.system", "os.fork", "os.kill"},
}
"""What a module uses -> the names by which it does."""
PREFIXES = {"random": ("random.", "secrets.", "numpy.random."), "process": ("multiprocessing.",)}
FILE_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "touch", "rename"}
MONEY_ROOMS = {"base", "economy", "document", "sale", "payment", "rule", "statistic"}
NETWORK = {"httpx", "socket", "urllib.request", "http.client", "ssl", "requests", "aiohttp"}
HTTP_HOME = "entrepot.party.fetch"


def uses(module: Module) -> set[str]:
    """Which parts of the world the module touches by itself."""
    found = set()
    for node in ast.walk(module.tree):
        dotted = _dotted(node)
        if dotted:
            found |= {kind for kind, names in USES.items() if dotted in names}
            found |= {kind for kind, starts in PREFIXES.items() if dotted.startswith(starts)}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            # Other things are opened too; a file is opened with a mode, an encoding or nothing.
            is_file = node.func.attr in FILE_METHODS or (node.func.attr == "open" and _opens_a_file(node))
            found |= {"file"} if is_file else set()
    return found


def _opens_a_file(call: ast.Call) -> bool:
    modes = [each.value for each in call.args if isinstance(each, ast.Constant)]
    return any(isinstance(mode, str) and set(mode) <= set("rwxabt+") for mode in modes) or any(
        each.arg in ("encoding", "mode") for each in call.keywords
    )


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
        return ast.unparse(node)
    return ""


def impurities(tree: Tree) -> list[str]:
    """Modules that touch the world without standing in the list of adapters, or more of it than the list says.

    ``[adapter]`` of the list maps a module's path to ``{uses = [...], reason = "..."}``, ``[adapter_room]`` a whole
    room at the edge to its reason.
    """
    adapters = tree.allowed.get("adapter", {})
    found = []
    for module in tree.modules:
        if module.room in tree.allowed.get("adapter_room", {}):
            continue
        declared = set(adapters.get(module.path, {}).get("uses", []))
        actual = uses(module)
        found += [f"{module.path}: uses {kind}; let it come in as an argument" for kind in sorted(actual - declared)]
        found += [f"{module.path}: is listed for {kind} and does not use it" for kind in sorted(declared - actual)]
    known = {each.path for each in tree.modules}
    found += [f"adapter {path}: no such file" for path in adapters if path not in known]
    return found + [f"adapter {path}: no reason" for path, each in adapters.items() if not each.get("reason")]


def floats(tree: Tree) -> list[str]:
    """Floating point in the rooms that reckon with money and quantities."""
    found = {
        each.path: f"float at line {line}; use Decimal"
        for each in tree.modules
        if each.room in MONEY_ROOMS and (line := next(_float_lines(each), 0))
    }
    return tree.excepted("float", found)


def _float_lines(module: Module) -> Iterator[int]:
    for node in ast.walk(module.tree):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
        if is_literal or (isinstance(node, ast.Name) and node.id == "float"):
            yield node.lineno  # type: ignore[attr-defined]


def imports_of(module: Module) -> Iterator[str]:
    """Every module name that it imports, also names taken from packages."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def misplaced_imports(tree: Tree) -> list[str]:
    """The network outside the one fetcher and the rooms at the edge, lxml outside a standard's package."""
    found = {}
    for module in tree.modules:
        names = set(imports_of(module))
        at_the_edge = module.room in tree.allowed.get("adapter_room", {})
        if names & NETWORK and not at_the_edge and module.name != HTTP_HOME:
            found[module.path] = f"imports {', '.join(sorted(names & NETWORK))}; the fetcher is {HTTP_HOME}"
        if any(name.split(".")[0] == "lxml" for name in names) and not module.is_of_a_standard:
            found[module.path] = "imports lxml; XML belongs to a package named after its standard"
    return tree.excepted("import", found)
