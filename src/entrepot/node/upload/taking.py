"""Taking files for a draft: each is what its name says, within limits, and kept until it is signed or two days old."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext

from entrepot.base.digest import is_digest, sha256
from entrepot.document.file_type import TYPES, type_of
from entrepot.node.account.models import Person
from entrepot.node.page.scanning import look_at
from entrepot.node.picture import BadPicture, looks_like_picture, made_anew
from entrepot.node.running import office
from entrepot.node.upload.models import Upload
from entrepot.sale.message import FILE_BYTES_MAX, FILES_MAX

KEPT = timedelta(days=2)
PERSON_BYTES_MAX = 20 << 20
_UNSAFE = re.compile("[\x00-\x1f\x7f/\\\\\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Taken:
    """``digests`` of what is kept, and what is wrong with any other; ``unscanned``: some could not be looked at."""

    digests: list[str]
    problems: list[str]
    unscanned: bool = False


def take(person: Person, files: "Sequence[UploadedFile[bytes]]", kept: Sequence[str]) -> Taken:
    """Keep ``files`` beside those that are kept (digests)."""
    Upload.objects.filter(at__lt=office().clock() - KEPT).delete()
    digests, problems = [each for each in kept if is_digest(each)][:FILES_MAX], []
    unscanned = False
    for each in files:
        name, body = _fitted(each.name or "", each.read())
        problem = _problem(person, name, body, len(digests))
        if not problem:
            look = look_at(body)
            problem = f"{shown_name(name)}: {look.problem}" if look.problem else ""
            unscanned = unscanned or look.unscanned
        if problem:
            problems.append(problem)
            continue
        digest = _keep(person, name, body)
        digests += [digest] if digest not in digests else []
    return Taken(digests, problems, unscanned)


def kept_files(person: Person, digests: Sequence[str]) -> QuerySet[Upload]:
    """The files of the person that have these digests, without their bodies, in the order of their names."""
    return Upload.objects.filter(person=person, digest__in=list(digests)[:FILES_MAX]).defer("body").order_by("name")


def let_go(person: Person, digests: Sequence[str]) -> None:
    """Forget files: they were signed, or the draft was thrown away."""
    Upload.objects.filter(person=person, digest__in=list(digests)).delete()


def _fitted(name: str, body: bytes) -> tuple[str, bytes]:
    """The file as it came; of a photograph that is larger than a file may be, as telephones make them, a smaller one.
    How large what came may be is bounded by the request."""
    if len(body) > FILE_BYTES_MAX and looks_like_picture(body):
        with suppress(BadPicture):
            return f"{name.rpartition('.')[0] or name}.jpg", made_anew(body).data
    return name, body


def _problem(person: Person, name: str, body: bytes, count: int) -> str:
    named = {"name": shown_name(name)}
    kind = type_of(name)
    if kind is None:
        endings = ", ".join(TYPES)
        words = gettext("%(name)s has no ending of those that may be sent: %(endings)s.")
        return words % {**named, "endings": endings}
    if not body:
        return gettext("%(name)s is empty.") % named
    if len(body) > FILE_BYTES_MAX:
        return gettext("%(name)s is too large: at most 3 MB.") % named
    if not kind.fits(body):
        return gettext("%(name)s is not what its ending says. Send it under its true ending.") % named
    if count >= FILES_MAX:
        return gettext("%(name)s is one file too many: at most five.") % named
    lying = Upload.objects.filter(person=person).aggregate(bytes=Sum("size"))["bytes"] or 0
    if lying + len(body) > PERSON_BYTES_MAX:
        return gettext("Too many files lie in your drafts. Sign or throw away one of them first.")
    return ""


def _keep(person: Person, name: str, body: bytes) -> str:
    digest, kind = sha256(body), type_of(name)
    assert kind is not None, "a file without a known type is not kept"
    values = {
        "name": shown_name(name),
        "media_type": kind.media_type,
        "size": len(body),
        "body": body,
        "at": office().clock(),
    }
    Upload.objects.update_or_create(person=person, digest=digest, defaults=values)
    return digest


def shown_name(name: str) -> str:
    """The name without folders and without what could deceive the eye; its ending stays."""
    stem, dot, ending = _UNSAFE.sub("_", name).rpartition(".")
    return f"{stem[: 149 - len(ending)]}{dot}{ending}"[:150]
