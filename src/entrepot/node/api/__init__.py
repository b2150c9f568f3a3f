"""The API, version 1: thin doors over the use cases of ``flow``."""

from entrepot.node.api import (
    agency,
    bulk,
    credential,
    document,
    economy,
    erasure,
    hold,
    log,
    offer,
    operator,
    peer,
    picture,
    record,
    recovery,
    registrar,
    sale,
    signing,
    statistic,
    token,
)
from entrepot.node.api.description import NodeApi
from entrepot.node.api.edge import StrictParser, install

DESCRIPTION = "api/v1/openapi.json"
"""Path of the OpenAPI description."""
api = NodeApi(
    title="Entrepot node",
    version="1",
    description=(
        "One cross-border sale, from order to paid, cleared and counted. Every POST that changes something "
        "takes an Idempotency-Key, imports, pictures and the W3C VC API below /credentials excepted; every error is an "
        "RFC 9457 problem document."
    ),
    docs_url=None,
    openapi_url=None,
    parser=StrictParser(),
    urls_namespace="api-v1",
)
install(api)
for path, module in (
    ("/sales", sale),
    ("/offers", offer),
    ("/pictures", picture),
    ("/imports", bulk),
    ("/records", signing),
    ("/records", record),
    ("/documents", document),
    ("/credentials", credential),
    ("/economies", economy),
    ("/statistics", statistic),
    ("/erasures", erasure),
    ("/holds", hold),
    ("/registrar", registrar),
    ("/log", log),
    ("/tokens", token),
    ("/operator", operator),
    ("/operator", peer),
    ("/operator", recovery),
    ("/operator", agency),
):
    api.add_router(path, module.router)
api.add_router("/presentations", credential.presentations)
api.add_router("/status-lists", credential.lists)
api.add_router("/operator", hold.operators)
