"""The API answers as its description says, for every role: a small sample (``make proof`` runs many more)."""

import contextlib

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from rig import paper
from rig.inside import Api
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = {"nobody": 1, "viewer": 1, "clerk": 3, "owner": 1, "operator": 2}
SAMPLE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def description(node):
    from django.core.wsgi import get_wsgi_application

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), headers={"Host": "127.0.0.1"})


@pytest.fixture(scope="module")
def sale(node):
    buyer, seller = node.trader("owner"), node.party()
    made = buyer.issue(paper.naming(paper.order(buyer.party, seller), paper.file(b"x"))).json["id"]
    tokens = {role: node.token(buyer.party, role) for role in ("viewer", "clerk")}
    tokens |= {"owner": buyer, "nobody": Api(), "operator": node.operator}
    return made, tokens


@pytest.mark.parametrize("role", EXAMPLES)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_answers_are_as_described(description, sale, role, mode):
    record, tokens = sale
    headers = {"Host": "127.0.0.1"}
    if tokens[role].token:
        headers["Authorization"] = f"Bearer {tokens[role].token}"
    seen = set()
    for found in description.get_all_operations():
        operation = found.ok()

        @settings(SAMPLE, max_examples=EXAMPLES[role])
        @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
        def ask(case, real):
            for name in ("sale", "record_id"):
                if real and name in (case.path_parameters or {}):
                    case.path_parameters[name] = record
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=CHECKS)
            seen.add(case.operation.label)

        with contextlib.suppress(Unsatisfiable):  # an operation that takes nothing can be given nothing wrong
            ask()
    assert len(seen) > 15
