"""The parts of a package (ISO/IEC 29500-2): a ZIP file of XML parts, never unpacked beyond its bounds."""

import io
import zipfile
import zlib

from lxml import etree

from entrepot.document._xml.reader import XmlLimits, read_xml

PARTS_MAX = 500
PART_BYTES_MAX = 20 << 20
"""Bytes of one part when it is unpacked: what the package says of its own sizes is not believed."""


class NotASheet(Exception):
    """The bytes are no spreadsheet that can be read; the text says why."""


class Package:
    """The parts of a package, by name."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as wrong:
            raise NotASheet("it is no ZIP file") from wrong
        self._names = set(self._zip.namelist())
        if len(self._zip.infolist()) > PARTS_MAX:
            raise NotASheet("it has too many parts")

    def part(self, name: str) -> etree._Element | None:
        """The root element of a part; None where there is no such part."""
        if name not in self._names:
            return None
        try:
            with self._zip.open(name) as stream:
                body = stream.read(PART_BYTES_MAX + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as wrong:
            raise NotASheet(f"{name[:80]} cannot be unpacked") from wrong
        if len(body) > PART_BYTES_MAX:
            raise NotASheet(f"{name[:80]} is too large when it is unpacked")
        root, findings = read_xml(body, XmlLimits(bytes_max=PART_BYTES_MAX))
        if root is None:
            raise NotASheet(f"{name[:80]}: {findings[0].text}")
        return root
