"""The demo's whole cast on the node inside this process."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests" / "simulation"), str(ROOT / "bench" / "scene")]
from sale_script import Script

from entrepot.cli.demo.cast import HOME


class OneNode(Script):
    """Every role is a party of the same office."""

    def __init__(self, node):
        self.exporter = self.importer = node.office
        self.dids = {role: node.party() for role in HOME}
        self.last, self.records = {}, 0
