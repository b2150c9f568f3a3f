"""The invented community of a node to try: who is in it. Only a node that serves this machine alone has one.

The file is left by ``entrepot community seed``, whose persons made their accounts as anybody does.
"""

import json
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest

from entrepot.node.config import LETTERS, LOOPBACK, Config

FILE = "community.json"
"""In the node's folder: the members of the community, and whether all of it is there."""
_LINK = re.compile(r"https?://\S+")
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_VIA")
"""Heads by which a request shows that it came through a proxy, and so perhaps from elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A role to try. ``url``: the node where the person lives; empty for this one."""

    role: str
    person: str
    email: str
    business: str
    economy: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Community:
    """All members, and whether the node is filled to the end."""

    members: tuple[Member, ...]
    is_complete: bool = False

    def here(self, role: str) -> Member | None:
        """The member in that role, where it lives on this node."""
        return next((each for each in self.members if each.role == role and not each.url), None)


def read_community(data: Path) -> Community | None:
    """The community of the node in that folder; None where it is a node like any other."""
    path = data / FILE
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=8)
def _read(path: Path, changed_ns: int) -> Community | None:
    """``changed_ns``: the file's time, so that it is read again when it changes. A file that is none makes none."""
    try:
        found = json.loads(path.read_text("utf-8"))
        return Community(tuple(Member(**each) for each in found["members"]), found["complete"] is True)
    except (ValueError, TypeError, KeyError):
        return None


def community_of(config: Config) -> Community | None:
    """The community of a node that serves this machine alone; a public node never has one."""
    if config.is_public or config.host not in LOOPBACK:
        return None
    return read_community(config.data)


def is_near(request: HttpRequest) -> bool:
    """Whether the request comes from this machine, and through no proxy."""
    address = request.META.get("REMOTE_ADDR", "").strip("[]")
    return address in LOOPBACK and not any(each in request.META for each in FORWARDED)


def link_for(request: HttpRequest, config: Config, to: str) -> str:
    """The link of the newest letter to that address, for a visitor of an invented community on her own machine, where
    nothing carries letters on; empty on a node like any other."""
    tells = community_of(config) is not None and is_near(request)
    return link_in_letter(config.data / LETTERS, to) if tells else ""


def link_in_letter(folder: Path, to: str) -> str:
    """The address in the newest letter to somebody, from the folder in which a node leaves them; empty: no letter."""
    newest = sorted(folder.glob("*"), key=lambda each: each.stat().st_mtime_ns, reverse=True)
    for each in newest:
        letter = message_from_bytes(each.read_bytes(), policy=policy.default)
        body = letter.get_body(("plain",))
        found = _LINK.search(body.get_content()) if body and letter["To"] == to else None
        if found:
            return found[0]
    return ""
