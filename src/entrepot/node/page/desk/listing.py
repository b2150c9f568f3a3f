"""The desks of a node, by name: adding one is a package beside this module and a line here."""

from collections.abc import Mapping

from entrepot.node.page.desk.bank import BANK
from entrepot.node.page.desk.chamber import CHAMBER
from entrepot.node.page.desk.customs import CUSTOMS
from entrepot.node.page.desk.desk import Desk
from entrepot.node.page.desk.overseer import OVERSEER
from entrepot.node.page.desk.registrar import REGISTRAR
from entrepot.node.page.desk.statistics import STATISTICS

DESKS: Mapping[str, Desk] = {each.name: each for each in (REGISTRAR, CHAMBER, CUSTOMS, BANK, OVERSEER, STATISTICS)}
"""In the order in which they are shown."""
