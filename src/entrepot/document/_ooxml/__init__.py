"""Office Open XML (ISO/IEC 29500): the cells of a spreadsheet, read and nothing more."""

from entrepot.document._ooxml.package import NotASheet
from entrepot.document._ooxml.sheet import Sheet, read_sheet

__all__ = ["NotASheet", "Sheet", "read_sheet"]
