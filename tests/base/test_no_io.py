"""The base opens no file, no socket, and asks no clock and no random source, neither on import nor in use."""

import subprocess
import sys

PROGRAM = """
import builtins, io, json, os, random, secrets, socket, sys, time, datetime, uuid
import pkgutil, importlib, re, decimal, dataclasses, typing, enum, base64, hashlib, rfc8785  # what base stands on
import entrepot

def forbidden(*args, **kwargs):
    raise SystemExit("the base did input or output: " + repr(args)[:100])

# Importing reads source files: the loader keeps its own reference to the real functions.
names = [each.name for each in pkgutil.walk_packages([entrepot.__path__[0] + "/base"], "entrepot.base.")]
builtins.open = io.open = os.urandom = socket.socket = time.time = time.monotonic = time.perf_counter = forbidden
random.random = random.getrandbits = secrets.token_bytes = uuid.uuid4 = socket.create_connection = forbidden

class NoClock(datetime.datetime):
    now = utcnow = today = classmethod(forbidden)
datetime.datetime = NoClock

for name in names:
    importlib.import_module(name)
from entrepot.base.money import Money
from entrepot.base.record import Content, read_content, record_of
from entrepot.base.shape import dump, schema
from entrepot.base.moment import parse_moment
from entrepot.base.jsontext import read_json
Money.of("1.50", "MYR").to_json()
schema(Content)
record = record_of(Content(kind="order", version=1, issuer="did:web:a.example", number="1", nonce="A" * 22,
                           issued=parse_moment("2026-01-01T00:00:00Z")))
value, _ = read_json(record.to_bytes())
assert read_content(value)[0] == record
assert len(names) >= 12, names
builtins.print("quiet")
PLANT
"""


def run(plant=""):
    program = PROGRAM.replace("PLANT", plant)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_the_base_is_quiet():
    done = run()
    assert (done.stdout, done.stderr, done.returncode) == ("quiet\n", "", 0)


def test_a_file_access_would_be_seen():
    assert "did input or output" in run("open('x')").stderr
    assert "did input or output" in run("datetime.datetime.now()").stderr
