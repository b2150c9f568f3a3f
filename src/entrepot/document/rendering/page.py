"""The page: head, notice, body, signatures; one HTML file that loads nothing and runs nothing."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from entrepot.base.finding import Finding
from entrepot.base.record import Content, Record
from entrepot.document._openattestation2.wrapped import is_wrapped
from entrepot.document.demand import Demand
from entrepot.document.kinds import kinds
from entrepot.document.proof.credential import is_record_credential, record_of_credential
from entrepot.document.proof.keyfile import has_secret
from entrepot.document.proof.model import items_of
from entrepot.document.proof.opened import open_secured
from entrepot.document.proof.secured import Secured
from entrepot.document.rendering.block import Blocks
from entrepot.document.rendering.sheet import SHEET
from entrepot.document.rendering.show import Shown, seen
from entrepot.document.rendering.words import Words, words_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""The page's own content security policy: nothing is loaded, nothing runs."""
SECRET = Demand(
    "ENT-CORE-RENDER-01",
    "It holds a private key, which is shown to nobody.",
    "Give the signed document. Whoever has seen the file has the key: replace it if it was passed on.",
    "Entrepot rendering",
)
NOTHING = Demand(
    "ENT-CORE-RENDER-02",
    "It is neither a credential nor a presentation nor an OpenAttestation document.",
    "Give the document as its issuer signed it.",
    "W3C VCDM 2.0, 4.5",
)
_SHOWN_TYPES = {"VerifiableCredential", "VerifiablePresentation"}
_QR_MAX = 800
"""Characters that go into a code that a phone still reads from paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``language``: one of ``LANGUAGES``. ``verify_url``: page at which the file can be checked; without one that of
    the issuer's own host, where its identifier names a host."""

    language: str = "en"
    verify_url: str = ""


def render(data: bytes, asked: Asked) -> tuple[str | None, tuple[Finding, ...]]:
    """The page for a secured or unsecured credential; None with findings for what is none, and for what holds a
    private key.

    Nothing is verified, and the page says so.
    """
    secured, findings = open_secured(data)
    if secured is None:
        return None, findings
    refused = _refused(secured.vc)
    if refused is not None:
        return None, (refused,)
    record = record_of_credential(secured.vc)[0] if is_record_credential(secured.vc) else None
    if record is not None and (record.kind, record.content.version) not in kinds():
        record = None
    return _Page(words_of(asked.language), secured, record).whole(asked.verify_url), ()


def _refused(vc: Mapping[str, Any]) -> Finding | None:
    """Why nothing is made of it; None where it is a credential, a presentation or an OpenAttestation document."""
    if has_secret(vc):
        return SECRET.broken("$")
    types = items_of(vc.get("type"))
    is_known = "vct" in vc or is_wrapped(vc) or bool(_SHOWN_TYPES & {each for each in types if isinstance(each, str)})
    return None if is_known else NOTHING.broken("$")


class _Page:
    def __init__(self, words: Words, secured: Secured, record: Record | None) -> None:
        self._words = words
        self._secured = secured
        self._record = record
        self._shown = Shown(words)
        self._blocks = Blocks(words)

    def whole(self, verify_url: str) -> str:
        title, number = self._title(), self._number()
        told = " ".join(each for each in (title, number) if each)
        return (
            f'<!DOCTYPE html>\n<html lang="{self._words.tag}" dir="ltr"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{seen(told)}</title><style>{SHEET}{_running(told, self._words.texts['rendering'])}</style></head>"
            f"<body><header><div><h1>{seen(title)}</h1>{self._head(number)}</div>{self._code(verify_url)}</header>"
            f"{self._notice()}<main>{self._body()}</main>{self._signatures()}{self._foot()}</body></html>\n"
        )

    def _title(self) -> str:
        kind = self._record.kind if self._record is not None else ""
        return self._words.kinds.get(kind) or self._words.kinds["credential"]

    def _number(self) -> str:
        return self._record.content.number if self._record is not None else ""

    def _head(self, number: str) -> str:
        issuer = self._secured.vc.get("issuer")
        named = issuer.get("id") if isinstance(issuer, Mapping) else issuer
        texts, claimed = self._words.texts, f"<br>({seen(self._words.texts['claimed'])})"
        rows = (
            [(self._words.label("number", "Record"), f"<strong>{self._shown.scalar(number)}</strong>")]
            if number
            else []
        )
        rows.append((self._words.label("issuer", "Record"), f"<small>{self._shown.scalar(named)}</small>{claimed}"))
        identity = self._secured.vc.get("id")
        rows += [(texts["identifier"], f"<small>{self._shown.scalar(identity)}</small>")] if identity else []
        return _table([(seen(label), cell) for label, cell in rows])

    def _notice(self) -> str:
        texts = self._words.texts
        return (
            f'<div class="notice" role="note"><p><strong>{seen(texts["rendering"])}</strong></p>'
            f"<p>{seen(texts['verify'])}</p></div>"
        )

    def _body(self) -> str:
        if self._record is None:
            hidden = ("proof", "@context")
            return self._blocks.any({name: each for name, each in self._secured.vc.items() if name not in hidden})
        content = self._record.content
        shape = kinds()[self._record.kind, content.version].shape
        payload = self._blocks.shaped(shape, content.payload)
        envelope = {name: each for name, each in self._secured.vc["credentialSubject"].items() if name != "payload"}
        readers = {} if envelope["audience"] else {"audience": [self._words.texts["everybody"]]}
        about = self._blocks.shaped(Content, envelope | readers)
        return (
            f'{payload}<div class="boxes"><section><h2>{seen(self._words.texts["record"])}</h2>{about}</section></div>'
        )

    def _signatures(self) -> str:
        texts = self._words.texts
        rows = [
            (seen(each.securing), f"{seen(texts['key'])}: <small>{self._shown.scalar(each.method)}</small>")
            for each in self._secured.proofs
        ]
        told = _table(rows) if rows else f"<p>{seen(texts['noproofs'])}</p>"
        return f'<div class="boxes"><section class="wide"><h2>{seen(texts["proofs"])}</h2>{told}</section></div>'

    def _foot(self) -> str:
        texts = self._words.texts
        draft = f"<p>{seen(texts['draft'])}</p>" if self._words.is_draft else ""
        return f"<footer><p>{seen(texts['rendering'])} {seen(texts['verify'])}</p>{draft}</footer>"

    def _code(self, verify_url: str) -> str:
        """The QR code to the page that verifies, or of the document's identifier."""
        page = verify_url or _page_of(self._secured.vc.get("issuer"))
        identity = self._secured.vc.get("id")
        target = page or (identity if isinstance(identity, str) else "")
        if not target or len(target) > _QR_MAX:
            return ""
        told = self._words.texts["page" if page else "nopage"]
        return f"<figure>{_qr(target)}<figcaption><bdi>{seen(target)}</bdi><br>{seen(told)}</figcaption></figure>"


def _page_of(issuer: Any) -> str:
    """The verify page of the host that a did:web or did:webvh names; empty for others."""
    named = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    parts = named.split(":") if isinstance(named, str) else []
    host = parts[2] if parts[:2] == ["did", "web"] and len(parts) > 2 else ""
    host = parts[3] if parts[:2] == ["did", "webvh"] and len(parts) > 3 else host
    url = f"https://{host.replace('%3A', ':')}/verify"
    return url if host and urlsplit(url).hostname else ""


def _qr(text: str) -> str:
    import segno

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, border=2, scale=4)
    return out.getvalue().decode("utf-8")


def _table(rows: list[tuple[str, str]]) -> str:
    body = "".join(f"<tr><th>{label}</th><td>{cell}</td></tr>" for label, cell in rows)
    return f'<table class="rows"><tbody>{body}</tbody></table>'


def _running(told: str, notice: str) -> str:
    """Head and foot of printed pages (CSS Paged Media 3, margin boxes)."""
    return (
        "@page { size: A4; margin: 18mm 15mm 20mm; "
        f'@top-left {{ content: "{_css(told)}"; font: 8pt sans-serif; color: #444; }} '
        f'@bottom-left {{ content: "{_css(notice)}"; font: 7pt sans-serif; color: #444; width: 82%; }} '
        '@bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #444; } }'
    )


def _css(text: str) -> str:
    """``text`` inside a CSS string within HTML: every character that is not a letter or digit is written by number."""
    return "".join(
        each if each.isascii() and (each.isalnum() or each in ".-") else f"\\{ord(each):06x}" for each in text
    )
