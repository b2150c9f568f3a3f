"""Limits on requests, per token and per guest; settings that pass Django's own check for deployment."""

import os
import subprocess
import sys

import pytest
from django.test import RequestFactory
from rig.inside import Api

from entrepot.base.error import UsageError
from entrepot.node.bucket import Buckets
from entrepot.node.config import Config, read_config


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_a_bucket_lets_its_number_pass_and_fills_again():
    clock = Clock()
    buckets = Buckets(60, clock)
    assert [buckets.wait_s("a") for _ in range(60)] == [0.0] * 60
    assert 0 < buckets.wait_s("a") <= 1
    assert buckets.wait_s("b") == 0
    clock.now += 1
    assert buckets.wait_s("a") == 0
    assert buckets.wait_s("a") > 0
    clock.now += 3600
    assert [buckets.wait_s("a") for _ in range(61)].count(0.0) == 60


def test_a_share_is_a_smaller_bucket():
    buckets = Buckets(60, Clock())
    assert [buckets.wait_s("guest", 0.25) for _ in range(16)].count(0.0) == 15


def test_many_callers_are_bounded_and_changing_names_does_not_help():
    clock = Clock()
    buckets = Buckets(1, clock)
    passed = sum(buckets.wait_s(str(index)) == 0 for index in range(4 * Buckets.CALLERS_MAX))
    assert 0.9 * Buckets.CALLERS_MAX < passed <= Buckets.CALLERS_MAX
    clock.now += 61
    assert [buckets.wait_s("new") for _ in range(2)].count(0.0) == 1


COUNTER = """
import sys
from pathlib import Path
from entrepot.node.bucket import Buckets
buckets = Buckets(600, lambda: 5.0, memory=Path(sys.argv[1]))
print(sum(buckets.wait_s("a") == 0 for _ in range(500)))
"""


def test_processes_count_together(tmp_path):
    command = [sys.executable, "-c", COUNTER, str(tmp_path / "rates")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert sum(int(each.communicate()[0]) for each in started) == 600
    buckets = Buckets(600, lambda: 4.0, memory=tmp_path / "rates")
    assert buckets.wait_s("a") == 0, "a machine that was started anew has forgotten"


@pytest.fixture
def guard(node):
    """A guard of its own with small buckets, in front of a door that lets everybody in."""
    from dataclasses import replace

    from django.http import HttpResponse

    from entrepot.node.guard import Guard

    made = Guard(lambda request: HttpResponse("in"))
    made._buckets = Buckets(8, Clock())
    made._config = replace(node.config)
    return made


def knock(guard, path="/api/v1/economies", token="", address="203.0.113.5", **more):
    request = RequestFactory().get(path, HTTP_HOST="127.0.0.1", REMOTE_ADDR=address, **more)
    if token:
        request.META["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return guard(request)


def test_a_guest_is_told_to_wait(guard):
    answers = [knock(guard) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert int(answers[2]["Retry-After"]) >= 1
    assert knock(guard, address="203.0.113.6").status_code == 200


def test_guessing_is_slower_than_reading(guard):
    """Each page at which something can be guessed, below a language too, draws from one small bucket."""
    guard._buckets = Buckets(200, Clock())

    def guess(path):
        return guard(RequestFactory().post(path, HTTP_HOST="127.0.0.1", REMOTE_ADDR="203.0.113.9")).status_code

    assert [guess("/sign-in"), guess("/th/letter"), guess("/ja/sign-in/code")] == [200, 200, 429]
    assert knock(guard, "/sign-in", address="203.0.113.9").status_code == 200


def test_inventing_tokens_gives_a_guest_no_more(guard):
    answers = [knock(guard, token=f"invented-{index}") for index in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]


def test_each_token_has_a_bucket_of_its_own(guard, node):
    one, other = node.trader(), node.trader()
    assert [knock(guard, token=one.token).status_code for _ in range(9)] == [200] * 8 + [429]
    assert knock(guard, token=other.token).status_code == 200


def test_a_revoked_token_counts_as_a_guest(guard, node):
    one = node.trader()
    last = node.operator.get("/api/v1/operator/tokens").json[-1]["id"]
    node.operator.post(f"/api/v1/operator/tokens/{last}/revoke")
    assert [knock(guard, token=one.token).status_code for _ in range(3)] == [200, 200, 429]


def test_peers_and_guests_do_not_take_from_each_other(guard):
    assert [knock(guard).status_code for _ in range(3)] == [200, 200, 429]
    assert knock(guard, "/peer/v1/records").status_code == 200


def test_the_proxy_names_the_guest_and_only_the_proxy(guard):
    """Behind the proxy of a public node its last entry counts; without a proxy anybody could write the header."""
    forged = {"HTTP_X_FORWARDED_FOR": "198.51.100.1"}
    assert [knock(guard, **forged).status_code for _ in range(3)] == [200, 200, 429]
    from dataclasses import replace

    guard._config = replace(guard._config, url="https://127.0.0.1")
    for last in range(4):
        forwarded = {"HTTP_X_FORWARDED_FOR": f"198.51.100.{last}, 192.0.2.77"}
        assert knock(guard, **forwarded).status_code == (200 if last < 2 else 429)


@pytest.mark.parametrize("length", ["-1", "x", "²", "99999999999999999999"])
def test_a_length_that_is_none_is_refused(guard, length):
    assert knock(guard, CONTENT_LENGTH=length).status_code == 413


def test_the_node_limits_its_callers_by_its_setting(node):
    assert node.config.rate_per_minute == 1_000_000
    assert Api().get("/healthz").status == 200


GOOD = {"ENTREPOT_DATA": "/x", "ENTREPOT_URL": "https://node.example"}


def test_settings_are_read():
    config = read_config({**GOOD, "ENTREPOT_THREADS": "4", "ENTREPOT_RATE_PER_MINUTE": "7"})
    assert (config.threads, config.rate_per_minute, config.is_public, config.did_host) == (4, 7, True, "node.example")
    assert isinstance(config, Config)
    near = ("", "postgresql:///entrepot", "postgresql://entrepot@127.0.0.1:5432/entrepot",
            "postgresql:///entrepot?host=/var/run/postgresql", "postgresql://%2Fvar%2Frun/entrepot")  # fmt: skip
    for each in (*near, "postgresql://entrepot@db.example/entrepot?sslmode=verify-full"):
        assert read_config({**GOOD, "ENTREPOT_JOURNAL": each}).journal == each


@pytest.mark.parametrize(
    "wrong",
    [
        {"ENTREPOT_DATA": ""},
        {"ENTREPOT_URL": "http://node.example"},
        {"ENTREPOT_URL": "http://127.0.0.1:1"},
        {"ENTREPOT_URL": "http://10.0.0.1", "ENTREPOT_ALLOW_LOOPBACK_HTTP": "1"},
        {"ENTREPOT_URL": "ftp://node.example"},
        {"ENTREPOT_URL": "node.example"},
        {"ENTREPOT_RATE_PER_MINUTE": "0"},
        {"ENTREPOT_RATE_PER_MINUTE": "many"},
        {"ENTREPOT_RATE_PER_MINUTE": "²"},
        {"ENTREPOT_THREADS": "65"},
        {"ENTREPOT_JOURNAL": "postgresql://entrepot@db.example/entrepot"},
        {"ENTREPOT_JOURNAL": "postgresql://entrepot@db.example/entrepot?sslmode=prefer"},
        {"ENTREPOT_JOURNAL": "postgresql:///entrepot?host=db.example"},
        {"ENTREPOT_JOURNAL": "postgresql://127.0.0.1/entrepot?hostaddr=192.0.2.1"},
        {"ENTREPOT_JOURNAL": "postgresql://127.0.0.1,db.example/entrepot"},
        {"ENTREPOT_JOURNAL": "postgresql:///entrepot?service=node"},
        {"ENTREPOT_JOURNAL": "postgresql:///entrepot", "PGHOST": "db.example"},
        {"ENTREPOT_JOURNAL": "postgresql://entrepot:secret@db.example/entrepot?sslmode=verify-full&sslmode=disable"},
        {"ENTREPOT_JOURNAL": "postgresql://entrepot:secret@db.example/entrepot?what=that"},
    ],
)
def test_wrong_settings_are_named(wrong):
    with pytest.raises(UsageError) as refused:
        read_config(GOOD | wrong)
    assert next(iter(wrong)) in refused.value.message
    assert "secret" not in refused.value.message + refused.value.remedy


def test_the_public_settings_pass_the_check_for_deployment(tmp_path):
    """In a process of its own: Django takes its settings once."""
    program = (
        "from entrepot.node.prepare import prepare_from_environment; prepare_from_environment();"
        "from django.core.management import call_command; call_command('check', deploy=True, fail_level='WARNING');"
        "from django.conf import settings as it; print(it.SESSION_COOKIE_NAME, it.CSRF_COOKIE_NAME,"
        "it.SESSION_COOKIE_SECURE, it.CSRF_COOKIE_SECURE)"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("ENTREPOT_", "DJANGO_"))}
    environ |= {"ENTREPOT_DATA": str(tmp_path), "ENTREPOT_URL": "https://node.example"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "no issues (1 silenced)" in done.stdout, "that TLS ends at the proxy"
    assert done.stdout.split()[-4:] == ["__Host-session", "__Host-form", "True", "True"]
    secrets = list((tmp_path / "secret").iterdir())
    assert all(each.stat().st_mode & 0o077 == 0 for each in secrets)
