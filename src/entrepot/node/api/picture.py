"""Photographs of offers: each is kept as this node encodes it anew, for an offer that names it."""

import base64
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.node.album import album, sweep
from entrepot.node.api.auth import WRITERS
from entrepot.node.api.edge import require_clean
from entrepot.node.api.record import ATTACHMENT_BYTES_MAX, BASE64, POSTING
from entrepot.node.picture import BadPicture, made_anew
from entrepot.node.problem import ProblemError

router = Router(tags=["offers"])


class PictureIn(Schema):
    """A picture: JPEG, PNG or WebP."""

    model_config = ConfigDict(extra="forbid")
    base64: Annotated[str, StringConstraints(pattern=BASE64, max_length=ATTACHMENT_BYTES_MAX * 4 // 3 + 4)]


class PictureOut(Schema):
    """A picture as it is kept and as an offer names it, beside the words for it (``alt``)."""

    digest: str
    mediaType: str  # noqa: N815 - as in the offer
    width: int
    height: int


@router.post("", response={200: PictureOut, **POSTING}, summary="Keep a photograph for an offer", auth=WRITERS)
def keep_picture(request: HttpRequest, body: PictureIn) -> dict[str, Any]:
    """The pixels alone, upright, at most 1600 a side; the same picture sent again is the same. One that no offer names
    within two days is forgotten."""
    data = base64.b64decode(body.base64)
    require_clean(data)
    try:
        made = made_anew(data)
    except BadPicture as wrong:
        raise ProblemError(422, "bad-picture", f"{wrong.message}. Send a JPEG, PNG or WebP.") from wrong
    digest = album().keep(made.data)
    sweep()
    return {"digest": digest, "mediaType": "image/jpeg", "width": made.width, "height": made.height}
