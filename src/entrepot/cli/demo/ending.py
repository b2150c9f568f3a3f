"""The end of the demo: everything is checked once more, from the outside, and summed up."""

import json
from functools import partial
from typing import Any

from entrepot.base.head import receipt_from_json, verify_receipt
from entrepot.cli.demo.cast import EXPORT_NODE, IMPORT_NODE
from entrepot.cli.demo.papers import Deal
from entrepot.cli.demo.play import Stage
from entrepot.document.verify import verify
from entrepot.flow.headwatch import signed_by
from entrepot.node.config import LOCAL_HOST
from entrepot.party.fetch import Fetcher
from entrepot.party.resolve import DidResolver

SECURINGS = ("vc+jwt", "eddsa-jcs-2022")


def close(stage: Stage, deal: Deal) -> dict[str, Any]:
    """Both nodes agree, every credential and receipt holds on its own; the result that the last line states."""
    sale = deal.issued["order"][0]
    pages = {side: stage.clients[side].get(f"/api/v1/sales/{sale}") for side in ("seller", "buyer")}
    stage.show.step("Both nodes are compared, and every credential and receipt is verified from its file alone")
    _compare(stage, pages)
    _did_documents(stage)
    _credentials(stage, pages["buyer"])
    _receipts(stage, pages["buyer"])
    _journals(stage)
    page = pages["buyer"]
    stage.keep("sale.json", json.dumps(page, ensure_ascii=False, indent=1).encode())
    return {
        "sale": sale,
        "state": page["state"],
        "records": [
            {name: each.get(name) for name in ("id", "kind", "digest", "issuer", "proofs", "checks")}
            for each in page["records"]
        ],
        "failed": stage.show.failed,
        "unknown": stage.show.unknown,
    }


def _compare(stage: Stage, pages: dict[str, Any]) -> None:
    bare = [{name: value for name, value in page.items() if name != "records"} for page in pages.values()]
    stage.show.expect("state", bare[0] == bare[1], "both nodes computed the same state from the same records",
                      "Entrepot sale, version 1")  # fmt: skip


def _did_documents(stage: Stage) -> None:
    """The parties' DID documents, so that the credentials can be verified after the nodes have stopped."""
    folder = stage.out / "did"
    folder.mkdir(exist_ok=True)
    for role, client in stage.clients.items():
        document = client.get_bytes(f"/parties/{role.replace('_', '-')}/did.json")
        (folder / f"{role}.json").write_bytes(document)


def _credentials(stage: Stage, page: dict[str, Any]) -> None:
    fetcher = Fetcher(loopback=True, lookup=lambda host, _: ["127.0.0.1"] if host == LOCAL_HOST else [])
    resolver = DidResolver(fetch=lambda url: fetcher.document("http" + url.removeprefix("https")))
    folder = stage.out / "credentials"
    folder.mkdir(exist_ok=True)
    held, total = 0, 0
    for number, each in enumerate(page["records"], 1):
        for securing in SECURINGS:
            data = stage.clients["buyer"].get_bytes(f"/api/v1/records/{each['id']}/secured/{securing}")
            ending = "jwt" if securing == "vc+jwt" else "json"
            (folder / f"{number:02}-{each['kind']}.{securing.replace('+', '-')}.{ending}").write_bytes(data)
            total += 1
            held += verify(data, resolver=resolver, at=stage.clock()).is_valid
    stage.show.expect("credentials", held == total, f"{held} of {total} secured forms verified by the issuer's key",
                      "W3C VCDM 2.0, vc+jwt and eddsa-jcs-2022, did:web")  # fmt: skip


def _receipts(stage: Stage, page: dict[str, Any]) -> None:
    held = 0
    kept = []
    for each in page["records"]:
        body = stage.clients["buyer"].wait_for(f"/api/v1/records/{each['id']}/receipt")
        receipt = receipt_from_json(body)
        if receipt is not None:
            held += verify_receipt(receipt, each["id"], partial(signed_by, receipt.head.log_id))
        kept.append(body)
    stage.keep("receipts.json", json.dumps(kept, indent=1).encode())
    total = len(page["records"])
    stage.show.expect("receipts", held == total, f"{held} of {total} receipts: the record lies in the node's log",
                      "RFC 9162 inclusion proof, signed head")  # fmt: skip


def _journals(stage: Stage) -> None:
    from entrepot.cli.folder import keys_of, open_folder

    for name in (EXPORT_NODE, IMPORT_NODE):
        folder = stage.nodes[name].folder
        node = keys_of(folder).node.did
        with open_folder(folder, read_only=True) as journal:
            findings = journal.verify(partial(signed_by, node))
        for each in findings:
            stage.show.say(f"{each.id} {each.text}")
        stage.show.expect(f"journal {name}", not findings, f"the log of the {name} node is whole",
                          "digests, chains, tree, signatures, views recomputed")  # fmt: skip
