"""The photographs in the form of an offer: taken in as they come, shown again with the words for them."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from entrepot.node.album import album, sweep
from entrepot.node.page.entry import Entry
from entrepot.node.page.kept import typed_in
from entrepot.node.page.scanning import Look, look_at
from entrepot.node.picture import BadPicture, made_anew, size_of

PICTURES_MAX = 4
_DIGEST = re.compile("[0-9a-f]{64}")


def take(request: HttpRequest) -> dict[str, Look]:
    """Keep the photographs that came with the form, in place of which their digests count as typed from then on; what
    is wrong with those that are none, by the name of the field."""
    if request.method != "POST":
        return {}
    typed, wrong = dict(typed_in(request)), {}
    for name in _names():
        if typed.pop(f"drop_{name}", "") or not _is_here(typed.get(name, "")):
            typed.pop(name, None)
        file = request.FILES.get(f"{name}_file")
        if file is not None:
            body = file.read()
            look = look_at(body)
            if look.problem:
                wrong[name] = look
                continue
            try:
                typed[name] = album().keep(made_anew(body).data)
            except BadPicture:
                words = gettext("This is no JPEG, PNG or WebP picture, or it is too large. Choose another one.")
                wrong[name] = Look(words)
    request.entrepot_typed = typed  # type: ignore[attr-defined]
    sweep()
    return wrong


def picture_entries(typed: Mapping[str, str], wrong: Mapping[str, Look]) -> list[Entry]:
    """A field for each photograph that is there and one more, each with what it shows in words."""
    filled = [name for name in _names() if _is_here(typed.get(name, ""))]
    last = max((_names().index(each) for each in filled), default=-1)
    entries: list[Entry] = []
    for index, name in enumerate(_names()[: last + 2]):
        entries += _pair(name, index, typed.get(name, "") if name in filled else "")
        entries[-2].problems += [wrong[name].problem] if name in wrong else []
        entries[-2].unscanned = name in wrong and wrong[name].unscanned
    return entries


def pictures_of(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The photographs as the offer names them."""
    found = []
    for name in _names():
        body = album().get(typed[name]) if _is_here(typed.get(name, "")) else None
        if body is not None:
            width, height = size_of(body)
            found.append({"digest": typed[name], "mediaType": "image/jpeg", "width": width, "height": height})
            found[-1]["alt"] = typed.get(f"{name}_alt", "").strip()
    return found


def _pair(name: str, index: int, digest: str) -> list[Entry]:
    small = album().get(digest, 320) if digest else None
    shown = "" if small is None else f"data:image/jpeg;base64,{base64.b64encode(small).decode()}"
    return [
        Entry(
            name=name,
            label=gettext("Photograph %(number)s") % {"number": index + 1},
            help=gettext("JPEG, PNG or WebP. Where and when it was taken is not kept."),
            kind="picture",
            value=digest,
            shown=shown,
            required=False,
            path=f"$.pictures[{index}]",
        ),
        Entry(
            name=f"{name}_alt",
            label=gettext("What photograph %(number)s shows") % {"number": index + 1},
            help=gettext("In a few words, for those who cannot see it."),
            required=bool(digest),
            path=f"$.pictures[{index}].alt",
        ),
    ]


def _names() -> list[str]:
    return [f"picture_{number}" for number in range(1, PICTURES_MAX + 1)]


def _is_here(digest: str) -> bool:
    return _DIGEST.fullmatch(digest) is not None and album().get(digest) is not None
