"""Many offers and orders at once: what each row becomes is seen before, each is made once, and what was not is told."""

import csv
import io
import threading
import time
import zipfile
from pathlib import Path

import pytest
from rig.visitor import firm, person

from entrepot.base.digest import sha256

HEAD = "Number,Name,Quantity,Unit,Price,Currency,Valid until,HS\r\n"
ROWS = (
    HEAD + 'A-1,"Durian, fresh",1200,KGM,25.00,MYR,2027-06-30,081060\r\n'
    ",Mangosteen,10,KGM,8.5,MYR,2027-06-30,\r\n"
    "A-3,<b>Rambutan</b>,many,KGM,1,MYR,2027-06-30,\r\n"
    "A-4,Langsat,1,KGM,1,XXY,30.6.2027,\r\n"
    "A-1,Other,1,KGM,1,MYR,2027-06-30,\r\n"
)


def upload(name, body):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, body if isinstance(body, bytes) else body.encode())


@pytest.fixture
def seller(node):
    return person(node, party=firm(node, "Kebun Contoh"))


def party_of(visitor):
    from entrepot.node.account.models import Membership

    return Membership.objects.get(person=visitor.person).party


def records(node, visitor, kind):
    own = f"issuer/{party_of(visitor)}"
    journal = node.office.journal
    found = [journal.record(each.record_id) for each in journal.entries(0, 100_000) if own in str(each)]
    return [each for each in found if each.kind == kind and each.content.issuer == party_of(visitor)]


def report_of(visitor, address):
    body = visitor.client.get(address, **visitor._heads()).content
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_rows_are_looked_at_made_once_and_reported(node, seller):
    seller.go("/offers/import").send(files=upload("offers.csv", ROWS), button="look")
    assert "can be made: 2" in seller.words
    assert "not made: 3" in seller.words
    assert "&lt;b&gt;Rambutan" in seller.text
    assert "<b>Rambutan" not in seller.text
    assert records(node, seller, "offer") == [], "looking makes nothing"
    form = seller.forms[0]
    sent = {**form.fields, "act": "make"}
    for _ in range(2):
        seller.post("/offers/import", sent)
    assert "was made before: 2" in seller.words
    made = {each.content.payload["lines"][0]["name"]: each for each in records(node, seller, "offer")}
    assert set(made) == {"Durian, fresh", "Mangosteen"}
    assert made["Durian, fresh"].content.payload["lines"][0]["amount"] == "30000.00"
    seller.go("/offers/import").send(files=upload("again.csv", ROWS), button="look")
    seller.send(form=0, button="make") if seller.forms[0].buttons else None
    assert len(records(node, seller, "offer")) == 2, "the same rows in another file make nothing"
    rows = report_of(seller, f"/en/offers/import?report={sha256(ROWS.encode())}")
    assert [each["row"] for each in rows] == ["2", "3", "4", "5", "5", "6"]
    assert rows[0]["record"] == made["Durian, fresh"].id
    assert [(each["column"], each["outcome"]) for each in rows[2:]] == [
        ("quantity", "wrong"), ("currency", "wrong"), ("valid_until", "wrong"), ("number", "wrong"),
    ]  # fmt: skip
    changed = ROWS.replace("1200", "1300")
    seller.go("/offers/import").send(files=upload("changed.csv", changed), button="look")
    assert "was imported before, and said something else" in seller.words


def test_work_that_lasts_is_followed_and_done_once_whatever_is_sent_again(node, seller, monkeypatch):
    """The page without scripts: how far it is, asked for again by itself; what came of it, once it is over."""
    from entrepot.node.upload import working
    from entrepot.node.upload.models import Work

    turns = threading.Semaphore(0)
    monkeypatch.setattr(working, "_turns", turns)
    monkeypatch.setattr(working, "QUICK_S", 0.01)
    seller.go("/offers/import").send(files=upload("offers.csv", ROWS), button="look")
    assert "It waits for its turn." in seller.words
    assert '<meta http-equiv="refresh" content="2">' in seller.text
    until_over(seller, turns, "can be made: 2")
    assert "refresh" not in seller.text
    sent = {**seller.forms[0].fields, "act": "make"}
    followed = [seller.post("/offers/import", sent).path for _ in range(3)]
    assert len(set(followed)) == 1
    mine = Work.objects.filter(person=seller.person)
    assert mine.filter(is_over=False).count() == 1
    mine.filter(is_over=False).update(phase="make", done=1, total=2)
    assert "Rows that were signed and sent: 1 of 2." in seller.go(followed[0]).words
    assert "<progress" in seller.text
    until_over(seller, turns, "made: 2")
    assert len(records(node, seller, "offer")) == 2
    until_over(person(node, party=firm(node, "Other")).go(followed[0]), turns, "The columns of a table")
    mine.update(is_over=False, at=node.office.clock() - 2 * working.LOST)
    until_over(seller.go(followed[0]), turns, "was made before: 2")
    monkeypatch.setattr("entrepot.node.page.bulk.planned_file", None)
    seller.post("/offers/import", {**sent, "act": "look"})
    until_over(seller, turns, "The node cannot do that now")
    assert seller.status == 503


def until_over(visitor, turns, words):
    """Let the work have its turn, and follow its page until it says so."""
    turns.release()
    end = time.monotonic() + 20
    while words not in visitor.words and time.monotonic() < end:
        time.sleep(0.05)
        visitor.go(visitor.path)
    assert words in visitor.words
    turns.acquire()  # the next work waits again


def test_a_long_file_shows_what_is_wrong_first_and_its_report_all(seller):
    rows = "".join(f"L-{at},Durian,{'many' if at == 149 else 1},KGM,25.00,MYR,2027-06-30,\r\n" for at in range(150))
    seller.go("/offers/import").send(files=upload("long.csv", HEAD + rows), button="look")
    assert "50 more rows; the report has them all." in seller.words
    assert seller.text.index("L-149") < seller.text.index("L-0<")
    assert len(seller.text) < 40_000
    assert len(report_of(seller, f"/en/offers/import?report={sha256((HEAD + rows).encode())}")) == 150


def sheet(rows, *, blanks=0):
    """A workbook of one sheet, as other programs write it: shared and inline texts, numbers, a day as a number."""
    body, shared = io.BytesIO(), []
    lines = []
    for at, row in enumerate(rows, 1):
        cells = []
        for column, value in zip("ABCDEFGH", row, strict=False):
            if isinstance(value, str):
                shared.append(f"<si><t>{value}</t></si>")
                cells.append(f'<c r="{column}{at}" t="s"><v>{len(shared) - 1}</v></c>')
            else:
                cells.append(f'<c r="{column}{at}"><v>{value!r}</v></c>')
        lines.append(f'<row r="{at}">{"".join(cells)}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="x" r:id="rId1"/></sheets></workbook>',
        )
        made.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        made.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{"".join(shared)}</sst>')
        made.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>' + " " * blanks,
        )
    return body.getvalue()


def test_a_spreadsheet_is_read_as_it_is_shown(node, seller):
    head = ["Name", "Quantity", "Unit", "Price", "Currency", "Valid until"]
    body = sheet([head, ["Durian", 3, "KGM", 2.2999999999999998, "MYR", 46568]])
    seller.go("/offers/import").send(files=upload("offers.xlsx", body), button="look").send(form=0, button="make")
    (offer,) = records(node, seller, "offer")
    assert offer.content.payload["lines"][0]["price"] == {"amount": "2.3"}
    assert offer.content.payload["validUntil"] == "2027-06-30"


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("bomb.xlsx", None, "too large when it is unpacked"),
        ("broken.csv", b'a,b\r\n"x', "cannot be read"),
        ("long.csv", b"name\r\n" + b"x\r\n" * 501, "More than 500 rows"),
        ("names.csv", b"name,Name\r\nx,y\r\n", "Two columns"),
        ("head.csv", b"name\r\n", "no rows"),
    ],
)
def test_what_is_no_table_is_told(seller, name, body, said):
    if body is None:
        body = sheet([["Name"]], blanks=21 << 20)
    seller.go("/offers/import").send(files=upload(name, body), button="look")
    assert said in seller.words


def test_orders_are_made_of_rows(node, seller):
    buyer = person(node, party=firm(node, "示例进口", "CN"))
    rows = "seller;seller_name;seller_economy;name;quantity;unit;price;currency\n"
    rows += f"{party_of(seller)};Kebun Contoh;MY;Durian;2;KGM;1;MYR\n"
    buyer.go("/sales/import").send(files=upload("orders.csv", rows), button="look").send(form=0, button="make")
    (order,) = records(node, buyer, "order")
    assert order.content.payload["totals"]["payable"] == {"amount": "2.00", "currency": "MYR"}
    assert f"/sales/{order.id}" in buyer.text
    assert "Durian" in seller.go("/sales").words


def test_a_ubl_order_goes_with_the_record_that_presents_it(node, seller):
    import os

    data = os.environ.get("ENTREPOT_TEST_DATA")
    if not data:
        pytest.skip("ENTREPOT_TEST_DATA names no folder of published documents")
    body = (Path(data) / "invoice/oasis-ubl-2.1/xml/UBL-Order-2.1-Example.xml").read_bytes()
    file = upload("order.xml", body)
    other = party_of(person(node, party=firm(node, "IYT")))
    seller.go("/sales/import").send(files=file, side="seller", other=other, button="look")
    assert "can be made: 1" in seller.words
    for _ in range(2):
        seller.send(form=0, button="make") if seller.forms[0].buttons else None
    (order,) = records(node, seller, "order")
    assert order.content.payload["presented"]["digest"] == sha256(body)
    assert node.office.journal.attachments(order.id) == (sha256(body),)


def test_the_command_makes_each_row_once_and_writes_the_report(node, tmp_path, monkeypatch, in_process):
    clerk = node.token(firm(node, "Kebun Contoh"), "clerk")

    class Wire:
        """The command's client, with the node of this process at the other end."""

        def post(self, path, body):
            return clerk.post(path, body, None).json

    monkeypatch.setattr("entrepot.cli.client.client_of", lambda *_: Wire())
    table, report = tmp_path / "offers.csv", tmp_path / "report.csv"
    table.write_text(ROWS, "utf-8")
    (tmp_path / "token").write_text("x")
    where = ("--node", "http://127.0.0.1:1", "--token-file", tmp_path / "token", "--report", report)
    code, out, _ = in_process("offer", "import", table, "--check", *where)
    assert (code, out.count(b"can be made"), out.count(b"not made")) == (1, 2, 3)
    assert b"ENT-CORE-BULK-02 row 5, column currency" in out
    for outcome in (b"  made  ", b"made before"):
        code, out, _ = in_process("offer", "import", table, *where)
        assert (code, out.count(outcome)) == (1, 2)
    rows = list(csv.DictReader(report.read_text("utf-8-sig").splitlines()))
    assert [each["outcome"] for each in rows] == ["known", "known", "wrong", "wrong", "wrong", "wrong"]
    table.write_text("name\n", "utf-8")
    assert in_process("sale", "import", table, *where)[0] == 2
