"""Drawings of what the community offers, in place of photographs that nobody took."""

import base64
import io
from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw

from entrepot.cli.demo.client import Client
from entrepot.document.offer.model import Picture

WIDTH, HEIGHT, GRAIN = 960, 720, 2
"""Pixels of a drawing, and how many times larger it is drawn, so that its edges are smooth."""
Point = tuple[float, float]


def drawn(client: Client, name: str) -> tuple[Picture, ...]:
    """The drawing of that name, kept by the node of ``client``, as an offer names it."""
    large = Image.new("RGB", (WIDTH * GRAIN, HEIGHT * GRAIN), "#f3ead9")
    paint, alt = _DRAWINGS[name]
    paint(ImageDraw.Draw(large))
    out = io.BytesIO()
    large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG")
    kept = client.post(
        "/api/v1/pictures", {"base64": base64.b64encode(out.getvalue()).decode()}, f"community-drawing-{name}"
    )
    size = {"width": kept["width"], "height": kept["height"]}
    return (Picture(digest=kept["digest"], media_type="image/jpeg", alt=alt, **size),)


def _fruit(draw: ImageDraw.ImageDraw) -> None:
    """A durian: thorns around a green body, and a stalk."""
    middle = (WIDTH * GRAIN / 2, HEIGHT * GRAIN / 2 + 40)
    draw.rectangle((middle[0] - 24, 120, middle[0] + 24, 420), fill="#6b4a2b")
    thorns = 46
    edge = [_around(middle, (500, 440) if each % 2 else (560, 500), each * pi / thorns) for each in range(2 * thorns)]
    draw.polygon(edge, fill="#5f7d2e")
    for ring in range(1, 6):
        for each in range(ring * 8):
            place = _around(middle, (ring * 86, ring * 76), (each + ring / 2) * 2 * pi / (ring * 8))
            draw.polygon([(place[0] - 34, place[1] + 26), (place[0], place[1] - 40), (place[0] + 34, place[1] + 26)],
                         fill="#7f9c3d", outline="#4c6524", width=4)  # fmt: skip


def _mangosteens(draw: ImageDraw.ImageDraw) -> None:
    """Three mangosteens, each with its green cap."""
    for x, y in ((620, 860), (1300, 860), (960, 560)):
        draw.ellipse((x - 330, y - 310, x + 330, y + 310), fill="#4d1f3d", outline="#34142a", width=6)
        draw.ellipse((x - 190, y - 210, x - 60, y - 110), fill="#6e3a5c")
        for each in range(4):
            leaf = _around((x, y - 270), (120, 50), pi / 4 + each * pi / 2)
            draw.ellipse((leaf[0] - 90, leaf[1] - 46, leaf[0] + 90, leaf[1] + 46), fill="#6f8f45", outline="#4c6524")
        draw.rectangle((x - 16, y - 380, x + 16, y - 280), fill="#6b4a2b")


def _basket(draw: ImageDraw.ImageDraw) -> None:
    """A basket of woven bamboo, with its handle."""
    draw.arc((520, 120, 1400, 1100), 180, 360, fill="#9a7338", width=44)
    for row in range(9):
        top, inset = 600 + row * 74, row * 26
        for each in range(14):
            width = (1240 - 2 * inset) / 14
            left = 340 + inset + each * width
            shade = "#d2aa62" if (row + each) % 2 else "#b98d45"
            draw.rounded_rectangle((left, top, left + width - 6, top + 66), 18, fill=shade, outline="#8a6a32", width=4)
    draw.rounded_rectangle((310, 560, 1610, 622), 26, fill="#a87c3a")


def _around(middle: Point, radii: Point, angle: float) -> Point:
    return middle[0] + radii[0] * cos(angle), middle[1] + radii[1] * sin(angle)


_DRAWINGS: dict[str, tuple[Callable[[ImageDraw.ImageDraw], None], str]] = {
    "durian": (_fruit, "Drawing of a durian, green, with thorns"),
    "mangosteen": (_mangosteens, "Drawing of three mangosteens"),
    "basket": (_basket, "Drawing of a basket of woven bamboo, with a handle"),
}
"""Name -> what draws it, and what it shows in words."""
