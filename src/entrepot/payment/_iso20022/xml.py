"""Elements of a received message, each marked when it was read, so that what was not read can be told."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from entrepot.base.amount import parse_decimal
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.moment import parse_date, parse_moment
from entrepot.base.money import Money
from entrepot.payment.finding import finding

_DECIMAL = re.compile(r"\+?(\d*)(?:\.(\d*))?", re.ASCII)
AMOUNT_DIGITS_MAX, AMOUNT_FRACTION_MAX = 18, 5


class Source:
    """A message being read: hands out values by path, keeps findings and what was taken."""

    def __init__(self, root: etree._Element, version: str) -> None:
        self.root, self.version = root, version
        self.findings: list[Finding] = []
        self._taken: set[etree._Element] = set()

    def all(self, parent: etree._Element, path: str) -> list[etree._Element]:
        """The elements at ``path`` (names divided by ``/``) under ``parent``."""
        found = [parent]
        for name in path.split("/"):
            found = [child for each in found for child in each if _local(child) == name]
        return found

    def one(self, parent: etree._Element, path: str) -> etree._Element | None:
        """The first element at ``path``; the others, if any, stay untaken."""
        return next(iter(self.all(parent, path)), None)

    def text(self, parent: etree._Element | None, path: str) -> str | None:
        """The text at ``path``, taken; None where it is absent or empty."""
        element = None if parent is None else self.one(parent, path)
        if element is None:
            return None
        self._taken.add(element)
        return (element.text or "").strip() or None

    def text_if(self, parent: etree._Element | None, path: str, expected: str | None) -> None:
        """Take the text at ``path`` where it is ``expected``, because the instruction says so already."""
        element = None if parent is None else self.one(parent, path)
        if element is not None and (element.text or "").strip() == expected:
            self._taken.add(element)

    def needed(self, parent: etree._Element, path: str, *, why: str = "") -> str | None:
        """The text at ``path``; a finding where it is absent."""
        text = self.text(parent, path)
        if text is None:
            place = f"{self.root.getroottree().getpath(parent)}/{path}"
            self.wrong(10, "{element} is missing.", place, element=path, remedy=why or "Ask for a corrected message.")
        return text

    def money(self, parent: etree._Element, path: str) -> Money | None:
        """The amount at ``path``, exactly; a finding where it is not one."""
        element = self.one(parent, path)
        text = self.text(parent, path)
        if element is None or text is None:
            return None
        try:
            return Money.of(decimal_of(text, AMOUNT_DIGITS_MAX, AMOUNT_FRACTION_MAX), element.get("Ccy") or "")
        except (ValueError, UsageError) as wrong:
            self.wrong(11, "{reason}", self.path(element), reason=str(wrong), remedy="Ask for a corrected message.")
            return None

    def moment(self, parent: etree._Element, path: str) -> datetime | None:
        """The time at ``path``; a finding where it names no zone."""
        text = self.needed(parent, path)
        try:
            return None if text is None else parse_moment(text)
        except ValueError as wrong:
            self.wrong(12, "{reason}", path, reason=str(wrong), remedy="State the offset from UTC.")
            return None

    def day(self, parent: etree._Element, path: str) -> date | None:
        """The date at ``path``; a finding where it is none."""
        text = self.text(parent, path)
        try:
            return None if text is None else parse_date(text)
        except ValueError as wrong:
            self.wrong(12, "{reason}", path, reason=str(wrong), remedy="Write it as YYYY-MM-DD.")
            return None

    def path(self, element: etree._Element) -> str:
        """XPath of ``element``."""
        found: str = self.root.getroottree().getpath(element)
        return found

    def take(self, element: etree._Element) -> None:
        """Mark ``element`` and all below it as read."""
        self._taken.update(element.iter())

    def wrong(self, number: int, message: str, path: str, /, **given: str) -> None:
        """Add a blocking finding."""
        source = f"ISO 20022 {self.version}"
        self.findings.append(finding("PACS008", number, message, **({"path": path, "source": source} | given)))

    def untaken(self) -> Iterator[etree._Element]:
        """Elements that hold a text which nobody read."""
        for element in self.root.iter(etree.Element):
            if element not in self._taken and (element.text or "").strip():
                yield element


def decimal_of(text: str, digits: int, fraction: int) -> Decimal:
    """An ``xs:decimal`` of at most ``digits`` digits, ``fraction`` of them after the point; raises ``ValueError``."""
    found = _DECIMAL.fullmatch(text)
    if found is None or not any(found.groups()):
        raise ValueError(f"not a decimal: {text[:40]!r}")
    whole, rest = (found.group(1) or "").lstrip("0"), (found.group(2) or "").rstrip("0")
    if len(whole) + len(rest) > digits or len(rest) > fraction:
        raise ValueError(f"more than {digits} digits, or {fraction} after the point: {text[:40]!r}")
    return parse_decimal((whole or "0") + (f".{rest}" if rest else ""))


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""
