"""All house rules by name."""

from collections.abc import Callable, Mapping

from house.contract import contract_violations
from house.lock import lock_violations
from house.name import country, file_names, silent_errors, undocumented
from house.paper import changelog, links
from house.place import dead_files, index_addresses, machine_paths
from house.pure import floats, impurities, misplaced_imports
from house.size import size_violations
from house.tree import Tree

RULES: Mapping[str, Callable[[Tree], list[str]]] = {
    "sizes": size_violations,
    "dead files": dead_files,
    "file names": file_names,
    "economy, not country": country,
    "docstrings": undocumented,
    "silent errors": silent_errors,
    "clock, random, files outside adapters": impurities,
    "float near money": floats,
    "network and XML in their places": misplaced_imports,
    "import contracts": contract_violations,
    "machine paths": machine_paths,
    "package indexes": index_addresses,
    "changelog": changelog,
    "links": links,
    "locked requirements": lock_violations,
}
