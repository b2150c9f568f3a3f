"""Random histories resolve to what a model of them says, at every version and time; no changed history resolves."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.base.error import UsageError
from entrepot.party._webvh10.address import parse_webvh
from entrepot.party._webvh10.entry import PLACEHOLDER
from entrepot.party._webvh10.fault import Fault
from entrepot.party._webvh10.history import read_history
from entrepot.party._webvh10.parameter import Witnesses
from entrepot.party._webvh10.witness import approval
from entrepot.party._webvh10.write import Change, append_entry, create_log
from entrepot.party.did import did_key
from entrepot.party.key import Curve, KeyPair

START = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = [KeyPair(Curve.ED25519, bytes([number]) * 32) for number in range(1, 30)]
WITNESSES = KEYS[25:28]
OPERATIONS = st.lists(
    st.sampled_from(["update", "rotate", "prerotate", "stop", "move", "witness", "dismiss", "watch", "deactivate"]),
    max_size=6,
)


class Model:
    """What a history should come to: its versions, and who may continue it."""

    def __init__(self, portable):
        self.now, self.fresh, self.portable = START, iter(KEYS[:25]), portable
        self.update, self.committed = next(self.fresh), None
        self.witnessed = self.deactivated = False
        state = {"id": f"did:webvh:{PLACEHOLDER}:example.com", "counter": 0}
        change = Change(update_keys=(self.update.public.multikey,), portable=portable)
        self.log = create_log(state, change, signer=self.update, now=self.now)
        self.versions = [(self.now, self.log.newest.document)]
        self.needing = []

    def do(self, operation):
        """One more version, as the controller would make it."""
        if self.deactivated or (operation == "move" and not self.portable):
            return
        change, state = {}, {**self.versions[-1][1], "counter": len(self.versions)}
        signer, update, committed = self.update, self.update, None
        if self.committed:
            signer = update = self.committed
            committed = None if operation in ("stop", "deactivate") else next(self.fresh)
            change = {"update_keys": (update.public.multikey,), "next_keys": self._listed(committed)}
        elif operation == "rotate":
            update = next(self.fresh)
            change = {"update_keys": (update.public.multikey,)}
        elif operation == "prerotate":
            committed = next(self.fresh)
            change = {"next_keys": self._listed(committed)}
        needs = self.witnessed
        if operation == "witness":
            change["witnesses"] = Witnesses(2, tuple(did_key(each.public) for each in WITNESSES))
            needs = self.witnessed = True
        elif operation == "dismiss":
            change["witnesses"], self.witnessed = False, False
        elif operation == "watch":
            change["watchers"] = (f"https://watcher.example/{len(self.versions)}",)
        elif operation == "deactivate":
            change["deactivated"], self.deactivated = True, True
        elif operation == "move":
            old = state["id"]
            state |= {"id": f"{old.rsplit(':', 1)[0]}:m{len(self.versions)}.example", "alsoKnownAs": [old]}
        self.now += timedelta(hours=1)
        self.log = append_entry(self.log, state, Change(**change), signer=signer, now=self.now)
        self.update, self.committed = update, committed
        self.versions.append((self.now, state))
        if needs:
            self.needing.append(self.log.newest.id)

    @staticmethod
    def _listed(committed):
        return (committed.public.multikey,) if committed else ()

    def proofs(self, ids=None):
        """The witness file, with two of three witnesses for what needs them."""
        chosen = self.needing if ids is None else ids
        return json.dumps(
            [{"versionId": each, "proof": [approval(each, key, START) for key in WITNESSES[1:]]} for each in chosen]
        ).encode()

    def read(self, data=None, proofs=None, now=None):
        """What the reader makes of it."""
        witness = self.proofs() if proofs is None else proofs
        data = self.log.data if data is None else data
        return read_history(data, self.log.did, witness=lambda: witness, now=now or self.now)


@st.composite
def models(draw):
    model = Model(draw(st.booleans()))
    for operation in draw(OPERATIONS):
        model.do(operation)
    return model


@settings(max_examples=60)
@given(models(), st.integers(0, 600))
def test_history_is_what_the_model_says(model, minutes):
    history = model.read()
    assert history.fault is None
    assert [(each.time, each.document) for each in history.versions] == model.versions
    for number, version in enumerate(history.versions, 1):
        assert history.numbered(number) is history.named(version.id) is history.at(version.time) is version
    moment = START + timedelta(minutes=minutes)
    assert history.at(moment).document == [state for time, state in model.versions if time <= moment][-1]
    assert history.newest().parameters.deactivated is model.deactivated


@settings(max_examples=60)
@given(models(), st.data())
def test_no_changed_entry_resolves(model, data):
    lines = model.log.data.splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    entry = json.loads(lines[place])
    path, value = data.draw(st.sampled_from(list(leaves(entry))))
    changed(entry, path, data.draw(st.sampled_from([other(value), ..., None])))
    lines[place] = json.dumps(entry).encode()
    assert isinstance(model.read(b"\n".join(lines)).newest(), Fault), path


@settings(max_examples=40)
@given(models(), st.data())
def test_no_reordered_shortened_or_repeated_history_resolves(model, data):
    lines = model.log.data.splitlines()
    chosen = data.draw(st.lists(st.sampled_from(lines), max_size=len(lines) + 2))
    # A log that is only cut off at its end cannot be told from one that has not grown yet.
    if chosen != lines[: len(chosen)] or not chosen:
        assert isinstance(model.read(b"\n".join(chosen)).newest(), Fault)


@settings(max_examples=40)
@given(models(), st.data())
def test_without_a_needed_approval_nothing_resolves(model, data):
    if model.needing:
        kept = [each for each in model.needing if int(each.split("-")[0]) < int(model.needing[-1].split("-")[0])]
        history = model.read(proofs=model.proofs(data.draw(st.just(kept))))
        assert history.newest().code in ("webvh-witness-unmet", "webvh-witness-foreign")


@settings(max_examples=40)
@given(models(), st.sampled_from(KEYS[20:25]))
def test_a_strangers_key_continues_no_history(model, stranger):
    try:
        append_entry(model.log, model.versions[-1][1], Change(), signer=stranger, now=model.now + timedelta(hours=1))
    except UsageError as wrong:
        codes = ("webvh-key-not-authorized", "webvh-after-deactivation", "webvh-prerotation-keys")
        assert wrong.error_code in codes
        return
    raise AssertionError("a stranger continued the history")


@settings(max_examples=150)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode), st.text(max_size=80))
def test_whatever_is_given_there_is_an_answer(data, text):
    from entrepot.party.resolve import DidResolver
    from entrepot.party.webvh import GivenLog, given_log

    scid = "QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ"
    resolver = DidResolver(logs=[GivenLog(scid, data, data), given_log(data)], clock=lambda: START)
    assert resolver.resolve(f"did:webvh:{scid}:example.com", START).document is None
    assert resolver.lookup(f"did:webvh:{scid}:{text}").standard_error in ("invalidDid", "notFound")
    assert resolver.lookup(f"did:webvh:{text}").standard_error in ("invalidDid", "notFound")


def leaves(value, path=()):
    """Every leaf with its path."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in items:
            yield from leaves(each, (*path, name))
    else:
        yield path, value


def other(value):
    """Something else of the same kind, as near as can be."""
    if isinstance(value, str):
        return value[:-1] + ("1" if value[-1:] != "1" else "2")
    return not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else "x"


def changed(entry, path, value):
    """``entry`` with another value at ``path``, or (...) without it."""
    for name in path[:-1]:
        entry = entry[name]
    if value is ...:
        del entry[path[-1]]
    else:
        entry[path[-1]] = value


def test_the_model_reaches_everything():
    model = Model(portable=True)
    for operation in ("witness", "prerotate", "rotate", "move", "dismiss", "stop", "rotate", "watch", "deactivate"):
        model.do(operation)
    assert model.read().newest().number == 10
    assert parse_webvh(model.versions[-1][1]["id"]).host == "m4.example"
