"""The guarded fetcher against real servers on this machine, and against names that lead where they must not."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from entrepot.party.address import is_loopback, is_public
from entrepot.party.error import FetchError
from entrepot.party.fetch import Fetcher, Limits

HOST = "node.example"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Test: yes\r\n\r\nhi"


@contextlib.contextmanager
def server(behave, tls=None):
    """A server that gives each connection to ``behave(connection, request_bytes, stop)``; yields port and requests."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop, requests, threads = threading.Event(), [], []

    def talk(connection):
        with contextlib.suppress(OSError), connection:
            connection.settimeout(5)
            wrapped = tls.wrap_socket(connection, server_side=True) if tls else connection
            request = b""
            while b"\r\n\r\n" not in request:
                piece = wrapped.recv(65536)
                if not piece:
                    return
                request += piece
            head, _, body = request.partition(b"\r\n\r\n")
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    while len(body) < int(line.split(b":")[1]):
                        body += wrapped.recv(65536)
            requests.append(head + b"\r\n\r\n" + body)
            behave(wrapped, request, stop)
            with contextlib.suppress(OSError):
                (wrapped.unwrap() if tls else wrapped).shutdown(socket.SHUT_RDWR)

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=talk, args=(connection,), daemon=True))
            threads[-1].start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1], requests
    finally:
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for each in threads:
            each.join(5)


def says(data):
    return lambda connection, request, stop: connection.sendall(data)


def here(host, port):
    return ["127.0.0.1"]


def nowhere(*args):
    raise AssertionError("nothing may be asked")


def local(**more):
    return Fetcher(loopback=True, **{"lookup": here, "limits": Limits(seconds_max=3), **more})


def test_loopback_is_fetched_where_it_is_allowed():
    with server(says(OK)) as (port, requests):
        answer = local().get(f"http://{HOST}:{port}/a/did.json?x=1", {"Accept": "application/json"})
    assert (answer.status, answer.body, answer.headers["x-test"]) == (200, b"hi", "yes")
    head = requests[0].decode().split("\r\n")
    assert head[0] == "GET /a/did.json?x=1 HTTP/1.1"
    assert f"Host: {HOST}:{port}" in head
    assert "Accept: application/json" in head
    assert "Accept-Encoding: identity" in head


def test_post_sends_its_body():
    with server(says(OK)) as (port, requests):
        body = bytes(range(256)) * 400
        answer = local().post(f"http://{HOST}:{port}/inbox", body, {"Content-Type": "application/vc+jwt"})
    assert answer.body == b"hi"
    assert requests[0].startswith(b"POST /inbox")
    assert requests[0].endswith(b"\r\n\r\n" + body)


def test_other_statuses_are_answers_but_no_documents():
    with server(says(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")) as (port, _):
        assert local().get(f"http://{HOST}:{port}/").status == 404
        with pytest.raises(FetchError) as caught:
            local().document(f"http://{HOST}:{port}/")
    assert caught.value.error_code == "fetch-status"


def test_loopback_is_refused_without_the_setting():
    with server(says(OK)) as (port, requests):
        for url in (f"http://{HOST}:{port}/", f"https://{HOST}:{port}/", f"https://{HOST}/", "https://127.0.0.1/"):
            with pytest.raises(FetchError) as caught:
                Fetcher(lookup=lambda host, asked: ["127.0.0.1"], limits=Limits(ports=(443, port))).get(url)
            assert caught.value.error_code == "fetch-refused"
    assert requests == []


def test_setting_for_loopback_opens_nothing_else():
    for url in ("http://public.example/", "https://public.example:8443/", "http://public.example:443/"):
        with pytest.raises(FetchError) as caught:
            Fetcher(loopback=True, lookup=lambda *_: ["8.8.8.8"]).get(url)
        assert caught.value.error_code == "fetch-refused"
    with pytest.raises(FetchError) as caught:
        Fetcher(loopback=True, lookup=lambda *_: ["127.0.0.1", "10.0.0.1"]).get("http://mixed.example/")
    assert caught.value.error_code == "fetch-refused"


@pytest.mark.parametrize(
    "addresses", [["10.1.2.3"], ["8.8.8.8", "192.168.0.1"], ["::1", "8.8.8.8"], ["169.254.169.254"], ["fe80::1%eth0"]]
)
def test_one_private_address_among_public_ones_is_enough(addresses):
    with pytest.raises(FetchError) as caught:
        Fetcher(lookup=lambda *_: addresses).get("https://rebind.example/")
    assert caught.value.error_code == "fetch-refused"


def test_name_is_looked_up_once_and_the_connection_goes_to_that_answer():
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with server(says(OK)) as (port, _):
        fetcher = local(lookup=lambda *_: next(answers))
        assert fetcher.get(f"http://{HOST}:{port}/").body == b"hi"
    assert next(answers) == ["10.0.0.1"]


@pytest.mark.parametrize(
    "location", [b"https://elsewhere.example/", b"http://169.254.169.254/latest", b"/there", b"file:///etc/passwd"]
)
@pytest.mark.parametrize("status", [b"301", b"302", b"303", b"307", b"308"])
def test_redirect_is_refused(status, location):
    answer = b"HTTP/1.1 " + status + b" Moved\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
    with server(says(answer)) as (port, requests), pytest.raises(FetchError) as caught:
        local().get(f"http://{HOST}:{port}/")
    assert caught.value.error_code == "fetch-refused"
    assert len(requests) == 1


def test_oversize_body_is_cut_off():
    limits = Limits(bytes_max=1000, seconds_max=3)
    for head in (b"Content-Length: 5000\r\n", b""):
        with server(says(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + b"x" * 5000)) as (port, _):
            with pytest.raises(FetchError) as caught:
                local(limits=limits).get(f"http://{HOST}:{port}/")
            assert caught.value.error_code == "fetch-too-large"
    with server(says(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000)) as (port, _):
        assert len(local(limits=limits).get(f"http://{HOST}:{port}/").body) == 1000


def test_endless_body_is_cut_off():
    def pour(connection, request, stop):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not stop.is_set():
            connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")

    with server(pour) as (port, _), pytest.raises(FetchError) as caught:
        local().get(f"http://{HOST}:{port}/")
    assert caught.value.error_code == "fetch-too-large"


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"], ids=["headers", "body"])
def test_slow_drip_ends_at_the_deadline(head):
    def drip(connection, request, stop):
        connection.sendall(head)
        for each in b"HTTP/1.1 200 OK\r\n" * 20:
            connection.sendall(bytes([each]))
            if stop.wait(0.05):
                return

    with server(drip) as (port, _), pytest.raises(FetchError) as caught:
        local(limits=Limits(seconds_max=0.3)).get(f"http://{HOST}:{port}/")
    assert caught.value.error_code == "fetch-too-slow"


def test_silent_server_and_silent_resolver_end_at_the_deadline():
    with server(lambda connection, request, stop: stop.wait(5)) as (port, _), pytest.raises(FetchError) as caught:
        local(limits=Limits(seconds_max=0.2)).get(f"http://{HOST}:{port}/")
    assert caught.value.error_code == "fetch-too-slow"
    forever = threading.Event()
    with pytest.raises(FetchError) as caught:
        Fetcher(lookup=lambda *_: forever.wait(5) or [], limits=Limits(seconds_max=0.1)).get("https://slow.example/")
    forever.set()
    assert caught.value.error_code == "fetch-too-slow"


def test_packed_body_is_not_unpacked():
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi"
    with server(says(answer)) as (port, _), pytest.raises(FetchError) as caught:
        local().get(f"http://{HOST}:{port}/")
    assert caught.value.error_code == "fetch-refused"


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"])
def test_broken_answer_is_a_failure(answer):
    with server(says(answer)) as (port, _), pytest.raises(FetchError) as caught:
        local().get(f"http://{HOST}:{port}/")
    assert caught.value.error_code == "fetch-failed"


def test_no_server_and_no_address_are_failures():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(FetchError) as caught:
        local().get(f"http://{HOST}:{port}/")
    assert caught.value.error_code == "fetch-failed"

    def none(host, port):
        raise socket.gaierror

    with pytest.raises(FetchError) as caught:
        Fetcher(lookup=none).get("https://nobody.example/")
    assert caught.value.error_code == "fetch-failed"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "ftp://a.example/",
        "//a.example/",
        "http://a.example/",
        "https://user:secret@a.example/",
        "https://@a.example/",
        "https://a.example:22/",
        "https://a.example:0/",
        "https://a.example:99999/",
        "https://a.example/\r\nX: y",
        "https://a.example/ b",
        "https://榴莲.example/",
        "https://[::1/",
        "https:///path",
    ],
)
def test_url_of_another_form_is_refused_before_anything_is_asked(url):
    with pytest.raises(FetchError) as caught:
        Fetcher(lookup=nowhere).get(url)
    assert caught.value.error_code == "fetch-refused"


def test_proxy_of_the_environment_is_not_used(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with server(says(OK)) as (port, _):
        assert local().get(f"http://{HOST}:{port}/").body == b"hi"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A server's context for HOST, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    pem = built.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + pem)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(folder / "server.pem")
    names = []
    serving.sni_callback = lambda _, name, __: names.append(name)
    return serving, ssl.create_default_context(cadata=pem.decode()), names


def test_certificate_is_checked_against_the_name_not_the_address(certificate):
    serving, trusting, names = certificate
    with server(says(OK), tls=serving) as (port, requests):
        assert local(tls=trusting).get(f"https://{HOST}:{port}/").body == b"hi"
        assert names[-1] == HOST
        assert f"Host: {HOST}:{port}".encode() in requests[0]
        for wrong, context in ((f"https://other.example:{port}/", trusting), (f"https://{HOST}:{port}/", None)):
            with pytest.raises(FetchError) as caught:
                local(tls=context).get(wrong)
            assert caught.value.error_code == "fetch-failed"
        assert len(requests) == 1


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "::8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "fe80::1%eth0",
        "2606:4700::1111%eth0",
        "01.1.1.1",
        "1.1",
        "example.com",
        "",
    ],
)
def test_address_that_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2400:cb00::1"])
def test_address_that_is_public(address):
    assert is_public(address)


def test_loopback_forms():
    assert is_loopback("127.0.0.1")
    assert is_loopback("127.255.0.1")
    assert is_loopback("::1")
    assert not any(map(is_loopback, ("::ffff:127.0.0.1", "0.0.0.0", "10.0.0.1", "localhost", "")))
    assert ipaddress.ip_address("64:ff9b::7f00:1").is_global, "the reason why the table above exists"


def test_only_hosts_of_the_settings_are_asked():
    def refused(url):
        fetcher = Fetcher(lookup=lambda *_: ["10.0.0.1"], hosts=("trade.example", "gov.example"))
        with pytest.raises(FetchError) as wrong:
            fetcher.get(url)
        return wrong.value.message

    for url in ("https://elsewhere.example/", "https://nottrade.example/", "https://trade.example.evil.example/"):
        assert "not among the hosts" in refused(url), url
    for url in ("https://trade.example/", "https://a.gov.example/"):
        assert "not public" in refused(url), "it was looked up"


def test_localhost_is_asked_without_a_certificate_where_loopback_is_allowed():
    from entrepot.party.resolve import DidResolver

    document = b'{"id":"did:web:localhost%%3A%d"}'
    pages = {}
    with server(lambda connection, request, stop: connection.sendall(pages["answer"])) as (port, _):
        body = document % port
        pages["answer"] = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        resolution = DidResolver(fetch=local().document).resolve(f"did:web:localhost%3A{port}")
        assert resolution.document == {"id": f"did:web:localhost%3A{port}"}
        refused = DidResolver(fetch=Fetcher(lookup=here).document).resolve(f"did:web:localhost%3A{port}")
        assert (refused.document, refused.code) == (None, "notFound")
