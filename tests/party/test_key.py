"""Keys have one spelling, signatures have one spelling, weak points are refused."""

import hashlib
import json
import os
from pathlib import Path

import base58
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.digest import b64url, from_b64url
from entrepot.party.error import KeyFormError
from entrepot.party.jws import header_fault, read_jws, sign_jws, verify_jws
from entrepot.party.key import SECRET_LENGTH, Curve, KeyPair, PublicKey
from entrepot.party.multibase import from_multibase, to_multibase

DATA = os.environ.get("ENTREPOT_TEST_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
ORDER_L = 2**252 + 27742317777372353535851937790883648493
ORDER_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SMALL_Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
P = 2**255 - 19


def pair(curve, seed=b"test"):
    return KeyPair(curve, hashlib.sha512(seed + curve.value.encode()).digest()[: SECRET_LENGTH[curve]])


@pytest.mark.parametrize("curve", Curve)
def test_key_survives_each_of_its_forms(curve):
    key = pair(curve)
    assert PublicKey.from_multikey(key.public.multikey) == key.public
    assert PublicKey.from_jwk(key.public.to_jwk()) == key.public
    assert KeyPair.from_secret_multikey(key.to_secret_multikey()) == key
    assert KeyPair.from_jwk({**key.public.to_jwk(), "d": b64url(key.secret)}) == key


@pytest.mark.parametrize("curve", Curve)
def test_secret_is_not_shown(curve):
    key = pair(curve)
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


@pytest.mark.parametrize("curve", Curve)
@given(data=st.binary(max_size=100), flip=st.integers(0, 511))
def test_signature_holds_for_its_text_alone(curve, data, flip):
    key = pair(curve)
    signature = key.sign(data)
    assert key.sign(data) == signature
    assert key.public.verify(signature, data)
    assert not key.public.verify(signature, data + b"x")
    assert not pair(curve, b"other").public.verify(signature, data)
    broken = bytearray(signature)
    broken[flip // 8] ^= 1 << flip % 8
    assert not key.public.verify(bytes(broken), data)


@pytest.mark.parametrize("length", [0, 32, 63, 65, 128])
@pytest.mark.parametrize("curve", Curve)
def test_signature_of_another_length_is_refused(curve, length):
    key = pair(curve)
    assert not key.public.verify((key.sign(b"x") * 2)[:length], b"x")


def test_der_signature_is_refused():
    key = pair(Curve.P256)
    raw = key.sign(b"x")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    assert not key.public.verify(der, b"x")


def test_high_s_of_ecdsa_is_accepted_and_s_beyond_the_order_is_not():
    key = pair(Curve.P256)
    raw = key.sign(b"x")
    s = int.from_bytes(raw[32:], "big")
    assert key.public.verify(raw[:32] + (ORDER_N - s).to_bytes(32, "big"), b"x")
    for wrong in (0, ORDER_N, 2**256 - 1):
        assert not key.public.verify(raw[:32] + wrong.to_bytes(32, "big"), b"x")
        assert not key.public.verify(wrong.to_bytes(32, "big") + raw[32:], b"x")


def test_ed25519_s_beyond_the_order_is_refused():
    key = pair(Curve.ED25519)
    raw = key.sign(b"x")
    s = int.from_bytes(raw[32:], "little")
    assert not key.public.verify(raw[:32] + (s + ORDER_L).to_bytes(32, "little"), b"x")


@pytest.mark.parametrize("r", [b"\1" + bytes(31), (P + 1).to_bytes(32, "little")], ids=["neutral", "second spelling"])
def test_ed25519_r_of_small_order_is_refused_however_it_is_spelled(r):
    """S B = R + k A holds for it; only who has the secret can make it, and no honest signer does."""
    key = pair(Curve.ED25519)
    pruned = bytearray(hashlib.sha512(key.secret).digest()[:32])
    pruned[0] &= 248
    pruned[31] = pruned[31] & 127 | 64
    k = int.from_bytes(hashlib.sha512(r + key.public.raw + b"x").digest(), "little")
    s = k * int.from_bytes(pruned, "little") % ORDER_L
    assert not key.public.verify(r + s.to_bytes(32, "little"), b"x")


@given(secret=st.binary(min_size=32, max_size=32), data=st.binary(max_size=300), flip=st.integers(0, 511))
def test_ed25519_is_judged_as_by_openssl(secret, data, flip):
    key = KeyPair(Curve.ED25519, secret)
    other = ed25519.Ed25519PublicKey.from_public_bytes(key.public.raw)
    signature = key.sign(data)
    other.verify(signature, data)
    assert key.public.verify(signature, data)
    broken = bytearray(signature)
    broken[flip // 8] ^= 1 << flip % 8
    with pytest.raises(InvalidSignature):
        other.verify(bytes(broken), data)
    assert not key.public.verify(bytes(broken), data)


@pytest.mark.parametrize("y", [0, 1, P - 1, SMALL_Y8, P - SMALL_Y8, P, P + 1, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_ed25519_point_of_small_order_or_second_spelling_is_refused(y, sign):
    with pytest.raises(KeyFormError):
        PublicKey(Curve.ED25519, (y | sign << 255).to_bytes(32, "little"))


def test_every_point_of_small_order_is_in_the_table():
    """A point P has small order exactly where 8 P is the neutral element; found here by doubling, not by table."""
    d = -121665 * pow(121666, -1, P) % P

    def double(x, y):
        product = d * x * x * y * y % P
        return 2 * x * y * pow(1 + product, -1, P) % P, (y * y + x * x) * pow(1 - product, -1, P) % P

    def x_of(y):
        square = (y * y - 1) * pow(d * y * y + 1, -1, P) % P
        root = pow(square, (P + 3) // 8, P)
        return root if root * root % P == square else root * pow(2, (P - 1) // 4, P) % P

    for y in (0, 1, P - 1, SMALL_Y8, P - SMALL_Y8):
        point = (x_of(y), y)
        for _ in range(3):
            point = double(*point)
        assert point == (0, 1)


def test_points_off_the_curve_are_refused():
    refused = 0
    for start in range(2, 40):
        try:
            PublicKey(Curve.ED25519, start.to_bytes(32, "little"))
        except KeyFormError:
            refused += 1
    assert 5 < refused < 35
    with pytest.raises(KeyFormError):
        PublicKey(Curve.P256, b"\x02" + b"\xff" * 32)
    jwk = pair(Curve.P256).public.to_jwk()
    with pytest.raises(KeyFormError):
        PublicKey.from_jwk({**jwk, "y": b64url(bytes(31) + b"\x01")})


def test_wrong_curve_length_and_prefix_are_refused():
    ed, p256 = pair(Curve.ED25519).public, pair(Curve.P256).public
    wrong = [
        to_multibase(b"\x80\x24" + ed.raw),
        to_multibase(b"\xed\x01" + p256.raw),
        to_multibase(b"\x81\x24" + p256.raw),
        to_multibase(ed.raw),
        ed.multikey[:-1],
        ed.multikey + "1",
        ed.multikey[1:],
        ed.multikey + " ",
        ed.multikey + "\n",
        "m" + ed.multikey[1:],
        "z" + "0" * 40,
        "z",
        "",
        "z" + "2" * 10_000,
    ]
    for each in wrong:
        with pytest.raises(KeyFormError):
            PublicKey.from_multikey(each)
    with pytest.raises(KeyFormError):
        PublicKey(Curve.P256, b"\x04" + p256.raw[1:])


@pytest.mark.parametrize(
    "changes",
    [
        {"crv": "X25519"},
        {"crv": "P-384"},
        {"kty": "EC"},
        {"x": None},
        {"x": ""},
        {"x": "AA"},
        {"d": "AA"},
        {"x": "A" * 43 + "="},
        {"x": "A" * 42 + "B"},
        {"y": "AA"},
    ],
)
def test_jwk_of_another_form_is_refused(changes):
    jwk = {**pair(Curve.ED25519).public.to_jwk(), **changes}
    with pytest.raises(KeyFormError):
        PublicKey.from_jwk(jwk)


def test_secret_outside_the_group_is_drawn_again():
    draws = iter([b"\xff" * 32, bytes(32), b"\x01" * 32])
    assert KeyPair.generate(Curve.P256, lambda _: next(draws)).secret == b"\x01" * 32
    with pytest.raises(KeyFormError):
        KeyPair(Curve.P256, b"\xff" * 32)
    with pytest.raises(KeyFormError):
        KeyPair(Curve.ED25519, b"\xff" * 31)


def test_private_jwk_of_two_keys_is_refused():
    one, two = pair(Curve.P256), pair(Curve.P256, b"two")
    with pytest.raises(KeyFormError):
        KeyPair.from_jwk({**one.public.to_jwk(), "d": b64url(two.secret)})


@given(st.binary(min_size=1, max_size=80))
def test_multibase_goes_both_ways(data):
    assert from_multibase(to_multibase(data)) == data


@needs_data
@pytest.mark.parametrize(
    ("file", "member"),
    [
        ("w3c-vc-di-eddsa/keyPair.json", "privateKeyMultibase"),
        ("w3c-vc-di-ecdsa/p256KeyPair.json", "secretKeyMultibase"),
    ],
)
def test_published_key_pairs_agree(file, member):
    published = json.loads((Path(DATA) / "identity-documents" / file).read_text())
    key = KeyPair.from_secret_multikey(published[member])
    assert key.public.multikey == published["publicKeyMultibase"]
    assert key.to_secret_multikey() == published[member]


@pytest.mark.parametrize("curve", list(Curve))
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_jws_is_read_by_joserfc_and_one_of_joserfc_here(curve):
    jose = pytest.importorskip("joserfc.jws")
    from joserfc.jwk import ECKey, OKPKey

    key = pair(curve)
    alg = {Curve.ED25519: "EdDSA", Curve.P256: "ES256", Curve.P384: "ES384"}[curve]
    kind = OKPKey if curve is Curve.ED25519 else ECKey
    theirs = kind.import_key({**key.public.to_jwk(), "d": b64url(key.secret)})
    ours = sign_jws({"typ": "x"}, b"hello", key)
    assert jose.deserialize_compact(ours, theirs, algorithms=[alg]).payload == b"hello"
    text = jose.serialize_compact({"alg": alg}, b"hello", theirs, algorithms=[alg])
    assert verify_jws(read_jws(text), key.public)


RFC_8037_A4 = (
    {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki"
    "4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
)
RFC_7515_A3 = (
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
)


@pytest.mark.parametrize(("jwk", "text"), [RFC_8037_A4, RFC_7515_A3], ids=["RFC 8037 A.4", "RFC 7515 A.3"])
def test_published_jws_holds(jwk, text):
    assert verify_jws(read_jws(text), PublicKey.from_jwk(jwk))
    assert not verify_jws(read_jws(text[:-4] + "AAAA"), PublicKey.from_jwk(jwk))


@needs_data
def test_published_jws_of_other_algorithms_are_refused_by_name():
    folder = Path(DATA) / "engineering" / "jose" / "fixtures"
    refused = set()
    for file in ("jws_examples.json", "jws_rfc7520.json", "jws_rfc7797.json"):
        for case in json.loads((folder / file).read_text())["tests"]:
            jws = read_jws(case.get("compact", ""))
            if jws is not None:
                assert header_fault(jws.header)
                refused.add(jws.header["alg"])
    assert refused == {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS384", "ES512"}


@needs_data
def test_published_keys_are_read_or_refused():
    folder = Path(DATA) / "engineering" / "jose" / "keys"
    read, refused = [], []
    for file in sorted(folder.glob("*.json")):
        jwk = json.loads(file.read_text())
        try:
            (KeyPair if "d" in jwk else PublicKey).from_jwk(jwk)
            read.append(file.stem)
        except KeyFormError:
            refused.append(file.stem)
    assert read == [
        "RFC7520-EC-108",
        "RFC7520-EC-120",
        "ec-p256-alice",
        "ec-p256-bob",
        "okp-ed25519-private",
        "okp-ed25519-public",
    ]
    assert len(refused) == 14


def test_jws_of_another_form_is_refused():
    key = pair(Curve.ED25519)
    text = sign_jws({"typ": "x"}, b"hello", key)
    head, body, tail = text.split(".")
    for wrong in ("", "a.b", text + ".x", f"{head}=.{body}.{tail}", f"{head}.{body}=.{tail}", f"W10.{body}.{tail}"):
        assert read_jws(wrong) is None
    assert not verify_jws(read_jws(f"{head}.{body}.{tail}="), key.public)
    assert not verify_jws(read_jws(f"{head}.{body}."), key.public)
    doubled = b64url(b'{"alg":"none","alg":"EdDSA"}')
    assert read_jws(f"{doubled}.{body}.{tail}") is None


@pytest.mark.parametrize("changes", [{"alg": "none"}, {"alg": "ES256"}, {"alg": 5}, {"crit": ["exp"]}, {"b64": False}])
def test_header_that_changes_the_rules_is_refused(changes):
    key = pair(Curve.ED25519)
    header = b64url(json.dumps({"alg": "EdDSA", **changes}).encode())
    start = f"{header}.{b64url(b'x')}"
    jws = read_jws(f"{start}.{b64url(key.sign(start.encode()))}")
    assert not verify_jws(jws, key.public)


def test_alg_of_rfc_9864_is_read():
    key = pair(Curve.ED25519)
    start = b64url(b'{"alg":"Ed25519"}') + "." + b64url(b"x")
    assert verify_jws(read_jws(f"{start}.{b64url(key.sign(start.encode()))}"), key.public)
    assert from_b64url("AB") is None


def test_ecdsa_signature_without_its_leading_zero_is_refused():
    key = pair(Curve.P256)
    text, signature = next(
        (data, made) for data in map(str, range(10_000)) if (made := key.sign(data.encode()))[32] == 0
    )
    assert key.public.verify(signature, text.encode())
    assert not key.public.verify(signature[:32] + signature[33:], text.encode())


@given(st.binary(max_size=120))
def test_multibase_is_read_as_the_library_reads_it(data):
    text = to_multibase(data) if data else "z1"
    assert from_multibase(text) == base58.b58decode(text[1:])
    if data:
        assert from_multibase(text) == data
