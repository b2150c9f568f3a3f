"""XML as it arrives from strangers: bounded, no DOCTYPE, no entities, no network; and what of it was not read."""

from entrepot.document._xml.reader import XmlLimits, read_xml
from entrepot.document._xml.track import Cursor, Track

__all__ = ["Cursor", "Track", "XmlLimits", "read_xml"]
