"""Print the figures of the code base and everything that the house rules find: ``python tools/house``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from house.rules import RULES
from house.size import figures
from house.tree import Tree


def main() -> int:
    """1 when a rule found something."""
    tree = Tree(Path(__file__).resolve().parent.parent.parent)
    found = [f"{name}: {each}" for name, rule in RULES.items() for each in rule(tree)]
    sys.stdout.write("\n".join([figures(tree), *found]) + "\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
