"""Sentences that keep what they were made of: through texts, copies and JSON."""

import copy
import json

from entrepot.base.said import Said, foreign, listed, nested, plainer, put_together, said, together


def test_a_sentence_is_its_english_and_keeps_its_template():
    made = said("{did} lists {method} for {purpose}.", did="did:x:1", method="did:x:1#k", purpose=1)
    assert made == "did:x:1 lists did:x:1#k for 1."
    assert json.dumps(made) == '"did:x:1 lists did:x:1#k for 1."'
    assert made.template == "{did} lists {method} for {purpose}."
    assert said("It says {words}.", words="{did}") == "It says {did}.", "a stranger's text pulls in nothing"


def test_what_is_put_in_may_be_a_sentence_itself():
    inner = said("It answers with {status}.", status=404)
    outer = said("{url}: {reason}", url="https://x.example", reason=inner)
    assert outer == "https://x.example: It answers with 404."
    assert outer.params["reason"].template == "It answers with {status}."
    assert together(inner, Said(), said("It is so.")) == "It answers with 404. It is so."
    assert listed([said("one"), said("another")]) == "one; another"


def test_words_of_programs_have_no_template_and_plainer_ones_another():
    assert foreign("line 1: oops").template == ""
    exact = plainer("entry 3: no hash", said("The log of {did} does not hold.", did="did:x:1"))
    assert (exact, exact.template) == ("entry 3: no hash", "The log of {did} does not hold.")


def test_copies_and_json_keep_everything():
    inner = plainer("entry 3", said("The log of {did} does not hold.", did="did:x:1"))
    params = {"reason": said("It failed: {why}", why=inner), "code": "x"}
    row = json.loads(json.dumps({"message": "{reason} ({code})", "params": params} | nested(params)))
    for back in (put_together(row)["reason"], copy.deepcopy(params["reason"])):
        assert (back, back.template) == ("It failed: entry 3", "It failed: {why}")
        assert (back.params["why"], back.params["why"].template) == ("entry 3", "The log of {did} does not hold.")
        assert back.params["why"].params == {"did": "did:x:1"}
    assert put_together({"params": {"code": "x"}}) == {"code": "x"}, "as journals held it before"
    assert nested({"code": "x"}) == {}
