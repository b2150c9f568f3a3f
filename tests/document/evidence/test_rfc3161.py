"""Time-stamp tokens made by ``openssl ts``: what it accepts and refuses, we do; and what it does not look at, too."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms, tsp
from cryptography.hazmat.primitives.serialization import Encoding
from rig.past import Authority

from entrepot.base.error import UsageError
from entrepot.document._rfc3161 import judge_token, read_certificates
from entrepot.document._rfc3161.certificate import leads_to, may_stamp
from entrepot.document._rfc3161.token import read_token
from entrepot.document.evidence.sighting import Timekeepers, question_of
from entrepot.party.resolve import DidResolver

DATA = b'{"total":"12.30"}'
KEYS = {
    "P-256": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "P-384": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"),
    "RSA": ("-newkey", "rsa:2048"),
}

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make tokens with")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tsa") / "one")


def judge(token, *given, data=DATA, now=None):
    question = question_of(
        data,
        record_id="",
        timekeepers=Timekeepers(certificates=tuple(each for file in given for each in read_certificates(file))),
        anchors=None,
        resolver=DidResolver(),
        now=now or datetime.now(UTC),
    )
    return judge_token(token, question)


def said(sighting):
    return str(sighting.outcome), sighting.code


HOLDS = ("holds", "evidence-holds")


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("ess", ["sha1", "sha256"])
def test_tokens_of_openssl_hold_as_openssl_says(tmp_path, kind, ess):
    authority = Authority(tmp_path / "tsa", key=KEYS[kind], ess=ess)
    for digest in ("-sha256", "-sha384", "-sha512"):
        for more in (("-cert",), ()):
            for bare in (False, True):
                token = authority.stamp(DATA, *more, digest=digest, bare=bare)
                certificates = [authority.certificate()] + ([] if more else [authority.certificate("stamping")])
                assert said(judge(token, *certificates)) == HOLDS
                if more:
                    assert authority.accepts(token, DATA, bare=bare)
    token = authority.stamp(DATA, "-cert", digest="-sha1")
    assert said(judge(token, authority.certificate())) == ("elsewhere", "evidence-unread"), "SHA-1 is not relied on"


def test_the_moment_is_that_of_the_token_with_its_accuracy(authority):
    before = datetime.now(UTC).replace(microsecond=0)
    sighting = judge(authority.stamp(DATA, "-cert"), authority.certificate())
    assert before + timedelta(seconds=1) <= sighting.moment <= datetime.now(UTC) + timedelta(seconds=1)


def test_the_authority_must_be_given(authority, tmp_path):
    token = authority.stamp(DATA, "-cert")
    assert said(judge(token)) == ("unknown", "tsa-not-trusted")
    assert said(judge(authority.stamp(DATA))) == ("unknown", "tsa-unknown")
    assert said(judge(token, authority.certificate("stamping"))) == HOLDS, "the signer's own certificate is enough"
    other = Authority(tmp_path / "other")
    assert said(judge(token, other.certificate())) == ("unknown", "tsa-not-trusted"), "a root of the same name"
    assert not other.accepts(token, DATA)


def test_a_certificate_for_servers_stamps_nothing(authority):
    """openssl refuses to make such a token, so the certificate is judged alone."""
    leaf = read_certificates(authority.certificate("web"))[0]
    root = read_certificates(authority.certificate())
    assert leads_to(leaf, root, [], datetime.now(UTC))
    assert not may_stamp(leaf)
    assert may_stamp(read_certificates(authority.certificate("stamping"))[0])


def test_another_document_is_told_from_a_broken_token(authority):
    token = authority.stamp(DATA, "-cert")
    root = authority.certificate()
    assert said(judge(token, root, data=b"another")) == ("elsewhere", "evidence-elsewhere")
    assert not authority.accepts(token, b"another")
    later = judge(token, root, now=datetime.now(UTC) - timedelta(hours=1))
    assert said(later) == ("broken", "evidence-future")
    assert said(judge(b"\x30\x00", root)) == ("elsewhere", "evidence-unread")


def test_no_byte_of_what_is_signed_can_be_changed(authority):
    """Nothing is signed in the outer frame and in the root's certificate, which was given; all else is."""
    token, root = authority.stamp(DATA, "-cert", bare=True), authority.certificate()
    signed = cms.ContentInfo.load(token)["content"]
    signer = signed["signer_infos"][0]
    parts = [
        read_token(token).content,
        read_certificates(authority.certificate("stamping"))[0].public_bytes(Encoding.DER),
        signer["signed_attrs"].contents,
        signer["signature"].native,
    ]
    places = {place for part in parts for place in range(token.index(part), token.index(part) + len(part))}
    assert len(places) > len(token) // 2
    held = [
        place
        for place in range(len(token))
        if said(judge(token[:place] + bytes([token[place] ^ 0x01]) + token[place + 1 :], root)) == HOLDS
    ]
    assert places & set(held) == set()


def resigned(token, change):
    """The token with its SignerInfo changed, not signed again."""
    info = cms.ContentInfo.load(token)
    change(info["content"]["signer_infos"][0])
    return info.dump(force=True)


def test_the_content_the_time_and_the_signer_are_signed(authority):
    token, root = authority.stamp(DATA, "-cert", bare=True), authority.certificate()
    info = cms.ContentInfo.load(token)
    stamped = tsp.TSTInfo.load(bytes(info["content"]["encap_content_info"]["content"]))
    stamped["gen_time"] = datetime(2026, 1, 1, tzinfo=UTC)
    info["content"]["encap_content_info"]["content"] = cms.ParsableOctetString(stamped.dump(force=True))
    forged = info.dump(force=True)
    assert read_token(forged).generated == datetime(2026, 1, 1, tzinfo=UTC)
    assert said(judge(forged, root)) == ("broken", "token-wrong")
    assert not authority.accepts(forged, DATA, bare=True)

    def without(name):
        def change(signer):
            kept = [each for each in signer["signed_attrs"] if each["type"].native != name]
            signer["signed_attrs"] = cms.CMSAttributes(kept)

        return change

    for name in ("content_type", "message_digest", "signing_certificate_v2"):
        assert said(judge(resigned(token, without(name)), root)) == ("broken", "token-wrong"), name


def test_certificates_are_told_from_junk():
    for junk in (b"", b"x", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        with pytest.raises(UsageError):
            read_certificates(junk)
