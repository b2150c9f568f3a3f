"""SD-JWT: a JSON object whose members a holder shows one by one, signed as a whole (RFC 9901), with key binding.

``issue`` hides, ``read_sd_jwt`` puts together what is shown, ``present`` shows less and binds it to an occasion. The
profile for credentials (SD-JWT VC, an Internet-Draft) adds ``typ`` and ``vct``; what it demands is judged in
``opened`` and ``verify``.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url, from_b64url
from entrepot.base.error import UsageError
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.said import UNSAID, Said, plainer, said
from entrepot.document.proof.pointer import child_of, tokens_of
from entrepot.party.error import KeyFormError
from entrepot.party.jws import Jws, Signer, header_fault, read_jws, sign_jws, verify_jws
from entrepot.party.key import PublicKey

DISCLOSURES_MAX = 10_000
SALT_BYTES = 16
BINDING = "kb+jwt"
BINDING_AHEAD_S = 300
"""How far a holder's clock may be ahead of the verifier's, in seconds."""
_HASHES = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
_RESERVED = ("_sd", "...", "_sd_alg")
_LIMITS = JsonLimits(bytes_max=3 << 20, depth_max=72)
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SdJwt:
    """An SD-JWT taken apart; no signature is verified yet.

    ``claims``: what is shown, put together. ``shown``: place in ``claims`` -> the disclosure that put it there.
    ``hidden``: digests for which nothing was shown (some may be decoys). ``binding``: the key binding, None where
    there is none. ``fault``: why it must be refused, empty where nothing speaks against it.
    """

    jws: Jws
    disclosures: tuple[str, ...]
    claims: Mapping[str, Any]
    shown: Mapping[Path, str]
    hidden: int
    binding: Jws | None
    others: tuple[Jws, ...] = ()
    fault: Said = UNSAID

    @property
    def text(self) -> str:
        """The compact form without key binding: what ``sd_hash`` covers (RFC 9901, 4.3.1)."""
        return "~".join((self.jws.text, *self.disclosures, ""))

    @property
    def holder(self) -> PublicKey | None:
        """The key in ``cnf`` to which it is bound; None where there is none that is read here (RFC 7800)."""
        cnf = self.claims.get("cnf")
        jwk = cnf.get("jwk") if isinstance(cnf, Mapping) else None
        try:
            return PublicKey.from_jwk(jwk) if isinstance(jwk, Mapping) else None
        except KeyFormError:
            return None


def issue(
    claims: Mapping[str, Any],
    header: Mapping[str, Any],
    signer: Signer,
    *,
    hide: Callable[[Path], bool],
    entropy: Callable[[int], bytes],
) -> str:
    """``claims`` signed, each member or element whose path ``hide`` names in a disclosure of its own (RFC 9901, 5).

    Hidden parts of hidden parts have disclosures of their own, too. Raises :class:`UsageError` for a reserved name.
    """
    disclosures: list[str] = []

    def digest_of(parts: list[Any]) -> str:
        disclosures.append(b64url(canonical([b64url(entropy(SALT_BYTES)), *parts])))
        return _digest(disclosures[-1], "sha-256")

    def built(value: Any, path: Path) -> Any:
        if isinstance(value, Mapping):
            plain, digests = {}, []
            for name, each in value.items():
                if name in _RESERVED:
                    raise UsageError(f"{name} is a name that SD-JWT keeps for itself")
                inner = built(each, (*path, name))
                if hide((*path, name)):
                    digests.append(digest_of([name, inner]))
                else:
                    plain[name] = inner
            return plain | ({"_sd": sorted(digests)} if digests else {})
        if isinstance(value, list):
            return [
                {"...": digest_of([built(each, (*path, number))])}
                if hide((*path, number))
                else built(each, (*path, number))
                for number, each in enumerate(value)
            ]
        return value

    payload = built(claims, ())
    if disclosures:
        payload["_sd_alg"] = "sha-256"
    return "~".join((sign_jws(header, canonical(payload), signer), *disclosures, ""))


def read_sd_jwt(text: str) -> SdJwt | None:
    """The compact form taken apart (RFC 9901, 4 and 7.1); None where it has no such form."""
    first, *rest = text.split("~")
    jws = read_jws(first)
    if jws is None or not rest or len(rest) > DISCLOSURES_MAX:
        return None
    return _put_together(jws, tuple(rest[:-1]), rest[-1])


def read_json_form(value: Mapping[str, Any]) -> SdJwt | None:
    """The JSON form, flattened or general (RFC 9901, 8); None where it has no such form."""
    signatures = value.get("signatures", [value])
    payload = value.get("payload")
    if not isinstance(signatures, list) or not 0 < len(signatures) <= 20 or not isinstance(payload, str):
        return None
    parsed = [_signature_of(each, payload) for each in signatures]
    if any(each is None for each in parsed):
        return None
    header = signatures[0].get("header")
    extra = header if isinstance(header, Mapping) else {}
    disclosures, bound = extra.get("disclosures", []), extra.get("kb_jwt", "")
    if not isinstance(disclosures, list) or not all(isinstance(each, str) for each in [*disclosures, bound]):
        return None
    first, *others = [each for each in parsed if each is not None]
    made = _put_together(first, tuple(disclosures), bound)
    return None if made is None else replace(made, others=tuple(others))


def _signature_of(each: Any, payload: str) -> Jws | None:
    if not isinstance(each, Mapping):
        return None
    protected, signature = each.get("protected"), each.get("signature")
    if not isinstance(protected, str) or not isinstance(signature, str):
        return None
    return read_jws(f"{protected}.{payload}.{signature}")


def present(sd_jwt: SdJwt, reveal: Sequence[str], *, binding: tuple[Signer, str, str, int] | None = None) -> str:
    """What ``reveal`` (JSON Pointers into the claims) names, with all it lies in, in compact form.

    ``binding``: the holder's key, the verifier (``aud``), its ``nonce`` and the time in seconds; the result then ends
    in a key binding (RFC 9901, 4.3). Raises :class:`UsageError` where a pointer leads nowhere or the key is another.
    """
    paths = [_path_of(sd_jwt.claims, pointer) for pointer in reveal]
    kept = [
        each
        for path, each in sd_jwt.shown.items()
        if any(_is_start(path, other) or _is_start(other, path) for other in paths)
    ]
    chosen = set(kept)
    text = "~".join((sd_jwt.jws.text, *(each for each in sd_jwt.disclosures if each in chosen), ""))
    if binding is None:
        return text
    signer, audience, nonce, seconds = binding
    if sd_jwt.holder != signer.public:
        raise UsageError("the document is not bound to this key", remedy="Give the holder's key.")
    claims = {"iat": seconds, "aud": audience, "nonce": nonce, "sd_hash": _digest(text, _alg(sd_jwt.jws))}
    return text + sign_jws({"typ": BINDING}, canonical(claims), signer)


_BINDING = said("The proof that its holder presents it does not hold.")


def binding_fault(
    sd_jwt: SdJwt, *, audience: str | None, nonce: str | None, seconds: int | None = None
) -> tuple[str, Said]:
    """Code and reason why the key binding does not show what was asked for; empty texts where it does (RFC 9901, 7.3).

    Without ``audience`` and ``nonce`` a binding need not be there; one that is there must hold. ``seconds``: the
    verifier's time (Unix); a binding of the future is refused. How old one may be, the verifier's nonce decides.
    """
    bound = sd_jwt.binding
    if bound is None:
        asked = audience is not None or nonce is not None
        return ("binding-missing", said("Nothing shows that its holder presents it.")) if asked else ("", UNSAID)
    key = sd_jwt.holder
    if key is None:
        return "binding-key", plainer("It names no key of a holder that is read here.", _BINDING)
    claims, _ = read_json(bound.payload)
    if bound.header.get("typ") != BINDING or header_fault(bound.header) or not isinstance(claims, dict):
        return "binding-malformed", plainer("The key binding is not of the form that RFC 9901 gives.", _BINDING)
    if not verify_jws(bound, key):
        return "binding-wrong", plainer("The key binding is not signed with the holder's key.", _BINDING)
    if claims.get("sd_hash") != _digest(sd_jwt.text, _alg(sd_jwt.jws)):
        return "binding-other", plainer("The key binding was made for another presentation.", _BINDING)
    if not isinstance(claims.get("iat"), int) or not isinstance(claims.get("nonce"), str):
        return "binding-malformed", plainer("The key binding lacks its time or nonce.", _BINDING)
    if audience is not None and claims.get("aud") != audience:
        return "binding-audience", plainer(f"It is presented to {str(claims.get('aud'))[:80]!r}.", _BINDING)
    if nonce is not None and claims.get("nonce") != nonce:
        return "binding-nonce", plainer("It is presented on another occasion (nonce).", _BINDING)
    if seconds is not None and claims["iat"] > seconds + BINDING_AHEAD_S:
        return "binding-future", plainer("It says to be presented at a time that is still to come.", _BINDING)
    return "", UNSAID


def _path_of(claims: Any, pointer: str) -> Path:
    path: list[str | int] = []
    value = claims
    for token in tokens_of(pointer):
        key, value = child_of(value, token, pointer)
        path.append(key)
    return tuple(path)


def _is_start(path: Path, other: Path) -> bool:
    return other[: len(path)] == path


def _digest(text: str, alg: str) -> str:
    return b64url(_HASHES[alg](text.encode("ascii")).digest())


def _alg(jws: Jws) -> str:
    payload, _ = read_json(jws.payload, _LIMITS)
    name = payload.get("_sd_alg", "sha-256") if isinstance(payload, dict) else ""
    return name if name in _HASHES else "sha-256"


def _put_together(jws: Jws, disclosures: tuple[str, ...], bound: str) -> SdJwt | None:
    payload, findings = read_json(jws.payload, _LIMITS)
    if findings or not isinstance(payload, dict) or not all(each.isascii() for each in disclosures):
        return None
    binding = read_jws(bound) if bound else None
    shown = _Shown(payload.get("_sd_alg", "sha-256"), disclosures)
    claims = shown.claims(payload)
    fault = plainer("The key binding is no compact JWS.", _BINDING) if bound and binding is None else UNSAID
    if shown.fault:
        fault = plainer(shown.fault, said("What it discloses is not of the form that RFC 9901 gives."))
    return SdJwt(
        jws=jws,
        disclosures=disclosures,
        claims=claims,
        shown=shown.places,
        hidden=shown.hidden,
        binding=binding,
        fault=fault,
    )


class _Shown:
    """RFC 9901, 7.1 step 3: disclosures put where their digests stand."""

    def __init__(self, alg: Any, disclosures: Collection[str]) -> None:
        self.fault = ""
        self.hidden = 0
        self.places: dict[Path, str] = {}
        self._seen: set[str] = set()
        self._by_digest: dict[str, tuple[str, list[Any]]] = {}
        if alg not in _HASHES:
            self.fault = f"_sd_alg {str(alg)[:20]!r} is not known here"
            return
        for each in disclosures:
            parts = self._parts(each)
            digest = _digest(each, alg)
            if digest in self._by_digest:
                self.fault = "a disclosure stands there twice"
            self._by_digest[digest] = (each, parts)

    def _parts(self, text: str) -> list[Any]:
        data = from_b64url(text)
        value, findings = (None, ()) if data is None else read_json(data, _LIMITS)
        if findings or not isinstance(value, list) or len(value) not in (2, 3) or not isinstance(value[0], str):
            self.fault = "a disclosure is not of the form that RFC 9901 gives"
            return []
        if len(value) == 3 and (not isinstance(value[1], str) or value[1] in _RESERVED[:2]):
            self.fault = "a disclosure names a member that it must not"
            return []
        return value

    def claims(self, payload: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = self._object(payload, ())
        if set(self._by_digest) - self._seen:
            self.fault = self.fault or "a disclosure belongs to nothing that was signed"
        return made

    def _value(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return self._object(value, path)
        if isinstance(value, list):
            return self._array(value, path)
        return value

    def _object(self, value: dict[str, Any], path: Path) -> dict[str, Any]:
        made = {
            name: self._value(each, (*path, name))
            for name, each in value.items()
            if name != "_sd" and not (name == "_sd_alg" and not path)
        }
        if "..." in value:
            self.fault = self.fault or "an element's digest stands where no element is"
        digests = value.get("_sd", [])
        if not isinstance(digests, list) or not all(isinstance(each, str) for each in digests):
            self.fault = self.fault or "_sd is not a list of digests"
            return made
        for digest in digests:
            text, parts = self._taken(digest)
            if not text:
                continue
            if len(parts) != 3 or parts[1] in made:
                self.fault = self.fault or "a disclosure does not fit the place of its digest"
                continue
            place = (*path, parts[1])
            self.places[place] = text
            made[parts[1]] = self._value(parts[2], place)
        return made

    def _array(self, value: list[Any], path: Path) -> list[Any]:
        made: list[Any] = []
        for each in value:
            if not (isinstance(each, dict) and set(each) == {"..."}):
                made.append(self._value(each, (*path, len(made))))
                continue
            text, parts = self._taken(each["..."])
            if text and len(parts) == 2:
                place = (*path, len(made))
                self.places[place] = text
                made.append(self._value(parts[1], place))
            elif text:
                self.fault = self.fault or "a disclosure does not fit the place of its digest"
        return made

    def _taken(self, digest: Any) -> tuple[str, list[Any]]:
        if not isinstance(digest, str) or digest in self._seen:
            self.fault = self.fault or "a digest stands there twice"
            return "", []
        self._seen.add(digest)
        if digest not in self._by_digest:
            self.hidden += 1
            return "", []
        return self._by_digest[digest]
