"""Files that are not what they say, at every field that takes one: told within seconds, and nothing of them runs."""

import io
import re
import struct
import time
import zipfile
import zlib
from dataclasses import replace

import pytest
from rig.sending import SCENES, STEPS, Stage
from test_bad_forms import Judge, told

SECONDS_MAX = 6
TAKING = {
    "/verify": {"file", "picture"},
    "/offers/new": {"picture_file"},
    "/offers/import": {"files"},
    "/sales/import": {"files"},
    "/sales/<sale>/message": {"files"},
}
"""Address -> the fields there that take a file; photographs are counted as one. That of a signed challenge is at
/sign-in/identity, and shown in the middle of signing in alone: test_identity_sign_in.py sends it."""
ALL = {**SCENES, **{f"/sales/<sale>/{kind}": made for kind, made in STEPS.items() if kind != "order-response"}}
SCRIPT = b"<html><body onload=alert(1)><script>alert(2)</script></body></html>"


def png(width, height, body=b""):
    """A PNG (W3C PNG 3) whose header states this size."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 2) * min(height, 2000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"") + body


def book(sheet=b"", *, more=None):
    """A workbook (ECMA-376) with one sheet."""
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
        "xl/workbook.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>',
        "xl/worksheets/sheet1.xml": sheet,
        **(more or {}),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return made.getvalue()


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + each, b"&%c;" % (97 + each) * 10) for each in range(12)
) + b"]><Order>&m;</Order>"  # fmt: skip
FOREIGN = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Order>&e;</Order>'
HEAD = b"Number,Name,Quantity,Unit,Price,Currency,Valid until,HS\r\n"


def bombs():
    """Made when first asked for: they are large before they are packed."""
    return {
        "bomb.xlsx": book(b"<sheetData>" + bytes(80 << 20)),
        "many.xlsx": book(more={f"xl/{each}.xml": b"x" for each in range(20_000)}),
        "laughs.xlsx": book(LAUGHS),
        "bomb.png": png(60_000, 60_000),
        "wide.csv": b"," * 1_000_000,
        "deep.json": b"[" * 100_000,
    }


LYING = {
    "page.png": SCRIPT,
    "page.csv": SCRIPT,
    "page.xlsx": SCRIPT,
    "page.json": SCRIPT,
    "drawn.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>',
    "drawn.png": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "both.png": png(8, 8, SCRIPT),
    "both.gif": b"GIF89a/*" + SCRIPT + b"*/=1;",
    "run.jpg": b"MZ\x90\x00" + bytes(100),
    "cut.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01",
    "empty.csv": b"",
    "../../../secret/kek": b"x",
    "\u202egnp.csv": HEAD,
    "n" * 400 + ".csv": HEAD,
    "laughs.xml": LAUGHS,
    "foreign.xml": FOREIGN,
    "formulas.csv": HEAD + b"=cmd|'/c calc'!A1,@SUM(1),+1,-1,=1,MYR,2027-06-30,\r\n",
    "utf16.csv": HEAD.decode().encode("utf-16"),
    "latin1.csv": HEAD + "1,Dur\xefan,1,KGM,1,MYR,2027-06-30,\r\n".encode("latin-1"),
    "nul.csv": HEAD + b"1,Du\x00rian,1,KGM,1,MYR,2027-06-30,\r\n",
    "open.csv": HEAD + b'1,"Durian,1,KGM,1,MYR' + b"x" * 10_000,
    "torn.xlsx": book(b"<sheetData/>")[:-30],
    "numbers.json": b'{"a": ' + b"9" * 100_000 + b"}",
}


@pytest.fixture(scope="module")
def scenes(node):
    return {route: ALL[route](Stage(node)) for route in TAKING}


def fields_of(sending):
    """The fields of a page that take a file."""
    text = sending.who.go(sending.path).text
    found = re.findall("<input[^>]*type=.file.[^>]*>", text)
    return {re.sub("_[0-9]+", "", re.search('name="([^"]+)"', each)[1]) for each in found}


@pytest.mark.long
@pytest.mark.parametrize("route", ALL)
def test_no_field_for_files_is_left_out(node, route):
    assert fields_of(ALL[route](Stage(node))) == TAKING.get(route, set())


def send(sending, route, name, body):
    """Send the file at every field that takes one; the answer, within its time."""
    named = min(TAKING[route])
    files = {"picture_1_file" if named == "picture_file" else named: (name, body)}
    begun = time.monotonic()
    answer = replace(sending, files=files).send(act="look")
    told(answer)
    assert time.monotonic() - begun < SECONDS_MAX, name
    return answer


def judge(route, name, answer):
    text = answer.content.decode()
    assert Judge(text).wrong == []
    assert "root:x:0" not in text
    assert answer.status_code in (200, 303, 400, 413, 422), (route, name, answer.status_code)


@pytest.mark.parametrize("route", ["/verify"])
def test_what_is_brought_to_be_checked_is_told(node, route):
    sending = SCENES[route](Stage(node))
    for name, body in LYING.items():
        judge(route, name, send(sending, route, name, body))
        assert send(SCENES["/verify/code"](Stage(node)), route, name, body).status_code in (200, 204, 400), name


@pytest.mark.long
@pytest.mark.parametrize("route", TAKING)
def test_a_file_that_lies_is_told(scenes, route):
    for name, body in (LYING | bombs()).items():
        judge(route, name, send(scenes[route], route, name, body))
