"""Reading a tree while noting what was read, so that the rest can be reported as lost."""

from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


class Track:
    """One tree and what of it was read. ``prefixes``: namespace to the prefix used in paths (``cbc``)."""

    def __init__(self, root: etree._Element, prefixes: Mapping[str, str]) -> None:
        self.namespaces = {prefix: uri for uri, prefix in prefixes.items()}
        self._prefixes = prefixes
        # Held, because lxml makes a new object for an element that nobody holds, and identity is what is noted.
        self._elements = list(root.iter())
        self._read: set[etree._Element] = set()
        self._attributes: set[tuple[etree._Element, str]] = set()
        self.root = Cursor(self, root)

    def note(self, element: etree._Element, attribute: str | None = None) -> None:
        """The element's text (or its attribute) was read."""
        if attribute is None:
            self._read.add(element)
        else:
            self._attributes.add((element, attribute))

    def losses(self) -> tuple[str, ...]:
        """XPath of every text, empty element and attribute that was not read, in document order."""
        return tuple(self._lost(self.root.element, "/" + self._name(self.root.element)))

    def path(self, element: etree._Element) -> str:
        """XPath of ``element``."""
        parent = element.getparent()
        if parent is None:
            return "/" + self._name(element)
        twins = [each for each in parent if each.tag == element.tag]
        index = f"[{twins.index(element) + 1}]" if len(twins) > 1 else ""
        return f"{self.path(parent)}/{self._name(element)}{index}"

    def _lost(self, element: etree._Element, path: str) -> Iterator[str]:
        if len(element) == 0:
            if element not in self._read:
                yield path
                return
        elif any((each or "").strip() for each in (element.text, *(child.tail for child in element))):
            yield f"{path}/text()"
        for name in map(str, element.attrib):
            if not name.startswith(_XSI) and (element, name) not in self._attributes:
                yield f"{path}/@{name}"
        totals, seen = Counter(child.tag for child in element), Counter[object]()
        for child in element:
            seen[child.tag] += 1
            index = f"[{seen[child.tag]}]" if totals[child.tag] > 1 else ""
            yield from self._lost(child, f"{path}/{self._name(child)}{index}")

    def _name(self, element: etree._Element) -> str:
        name = etree.QName(element)
        prefix = self._prefixes.get(name.namespace or "")
        if prefix is None:
            return f"Q{{{name.namespace or ''}}}{name.localname}"
        return f"{prefix}:{name.localname}" if prefix else name.localname


class Cursor:
    """A place in a tracked tree. Paths are child steps with prefixes: ``cac:Party/cac:PartyName/cbc:Name``."""

    __slots__ = ("element", "track")

    def __init__(self, track: Track, element: etree._Element) -> None:
        self.track, self.element = track, element

    def all(self, path: str) -> list["Cursor"]:
        """Every element at ``path``, in document order."""
        return [Cursor(self.track, each) for each in self.element.iterfind(path, self.track.namespaces)]

    def one(self, path: str) -> "Cursor | None":
        """The first element at ``path``; further ones stay unread, and so are reported as lost."""
        found = self.element.find(path, self.track.namespaces)
        return None if found is None else Cursor(self.track, found)

    def text(self, path: str = ".") -> str | None:
        """The text at ``path``, noted as read; None where there is none. Elements with children have no text."""
        found = self.one(path)
        if found is None or len(found.element):
            return None
        self.track.note(found.element)
        return found.element.text or None

    def peek(self, path: str) -> str | None:
        """The text at ``path``, not noted as read."""
        found = self.one(path)
        return None if found is None or len(found.element) else found.element.text or None

    def attribute(self, name: str) -> str | None:
        """The attribute ``name``, noted as read."""
        value = self.element.get(name)
        if value is not None:
            self.track.note(self.element, name)
        return value

    @property
    def path(self) -> str:
        """XPath of this place."""
        return self.track.path(self.element)
