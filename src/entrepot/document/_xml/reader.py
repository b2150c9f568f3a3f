"""A tree from untrusted bytes, or findings; never an exception, never a look outside the bytes.

The text is decoded here and given to the parser as UTF-8, so that what was searched for a DOCTYPE is what is parsed.
"""

import re
from dataclasses import dataclass

from lxml import etree

from entrepot.base.finding import Finding
from entrepot.document.demand import Demand

_SOURCE = "XML 1.0 (fifth edition)"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "latin-1",
    "latin1": "latin-1", "iso-8859-15": "iso8859-15", "windows-1252": "cp1252", "utf-16": "utf-16",
}  # fmt: skip
"""Encodings that are read; UTF-16 needs its byte order mark."""
_DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>")
_NAMED = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PROLOG = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_CHUNK = 1 << 16

SIZE = Demand("ENT-CORE-XML-01", "The file has {size} bytes; {most} are allowed.", "Send less at once.", _SOURCE)
ENCODING = Demand(
    "ENT-CORE-XML-02", "The file cannot be decoded as {encoding}: {reason}.", "Write it in UTF-8.", _SOURCE + " 4.3.3"
)
DOCTYPE = Demand(
    "ENT-CORE-XML-03", "The file has a document type declaration.", "Remove it.", "UBL 2.1 Naming and Design Rules"
)
FORM = Demand("ENT-CORE-XML-04", "Not well-formed: {reason}.", "Send well-formed XML.", _SOURCE)
DEPTH = Demand("ENT-CORE-XML-05", "Nested deeper than {most} levels.", "Flatten the structure.", _SOURCE)
COUNT = Demand("ENT-CORE-XML-06", "More than {most} elements.", "Send less at once.", _SOURCE)
DEMANDS = (SIZE, ENCODING, DOCTYPE, FORM, DEPTH, COUNT)


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """Bounds on one file: bytes, nesting, elements."""

    bytes_max: int = 10 << 20
    depth_max: int = 100
    elements_max: int = 300_000


class _Refused(Exception):
    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def read_xml(data: bytes, limits: XmlLimits = XmlLimits()) -> tuple[etree._Element | None, tuple[Finding, ...]]:
    """The root element of ``data``, without comments and processing instructions; or None and why not."""
    try:
        return _read(data, limits), ()
    except _Refused as refused:
        return None, (refused.finding,)


def _read(data: bytes, limits: XmlLimits) -> etree._Element:
    if len(data) > limits.bytes_max:
        raise _Refused(SIZE.broken("/", size=len(data), most=limits.bytes_max))
    text = _decode(data)
    declared = _DECLARATION.match(text)
    if declared is not None:
        # Line breaks stay, so that the parser's line numbers are those of the file.
        text = "\n" * declared.group().count("\n") + text[declared.end() :]
    prolog = _PROLOG.match(text)
    if prolog is not None and text.startswith("<!DOCTYPE", prolog.end()):
        raise _Refused(DOCTYPE.broken("/"))
    try:
        return _parse(text.encode("utf-8"), limits)
    except etree.XMLSyntaxError as wrong:
        raise _Refused(FORM.broken("/", reason=str(wrong)[:200])) from wrong


def _decode(data: bytes) -> str:
    named = _NAMED.match(data[:400].lstrip(b"\xef\xbb\xbf"))
    label = named.group(1).decode("ascii") if named else "utf-8"
    encoding = _ENCODINGS.get(label.lower())
    for mark, name in _MARKS:
        if data.startswith(mark):
            data, encoding, label = data[len(mark) :], name, name
            break
    if encoding is None or encoding == "utf-16":
        raise _Refused(ENCODING.broken("/", encoding=label, reason="it is not among the encodings read here"))
    try:
        text = data.decode(encoding)
        text.encode("utf-8")
    except UnicodeError as wrong:
        raise _Refused(ENCODING.broken("/", encoding=label, reason=str(wrong)[-120:])) from wrong
    return text


def _parse(data: bytes, limits: XmlLimits) -> etree._Element:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = count = 0
    for start in range(0, len(data), _CHUNK):
        broken = _feed(parser, data[start : start + _CHUNK])
        for event, _ in parser.read_events():
            depth += 1 if event == "start" else -1
            count += event == "start"
            if depth > limits.depth_max:
                raise _Refused(DEPTH.broken("/", most=limits.depth_max))
            if count > limits.elements_max:
                raise _Refused(COUNT.broken("/", most=limits.elements_max))
        if broken is not None:
            raise broken
    root: etree._Element = parser.close()
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise _Refused(DOCTYPE.broken("/"))
    return root


def _feed(parser: etree.XMLPullParser, data: bytes) -> etree.XMLSyntaxError | None:
    """The parser's error, kept back until the events before it were looked at: its own bound on depth is an error."""
    try:
        parser.feed(data)
    except etree.XMLSyntaxError as wrong:
        return wrong
    return None
