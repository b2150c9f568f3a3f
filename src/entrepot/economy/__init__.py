"""Dated, sourced facts per economy: one TOML file each, and the questions that other rooms ask of them.

The form of a file is described in ``FORMAT.md``. Nothing here knows a document, a rule or a sale; reading the
packaged files through ``importlib.resources`` is the only input.
"""

from entrepot.economy.identifier import identifier_findings
from entrepot.economy.load import EconomyError, check_file, economies, economy
from entrepot.economy.query import low_value_rules, member_of, source_of, tax_rates
from entrepot.economy.shape import Economy

__all__ = [
    "Economy",
    "EconomyError",
    "check_file",
    "economies",
    "economy",
    "identifier_findings",
    "low_value_rules",
    "member_of",
    "source_of",
    "tax_rates",
]
