"""Unit codes in common use: UN/ECE Recommendation 20 (units of measure), and 21 (packages) after ``X``.

A selection of what trade documents carry, with short names, from Recommendation 20 revision 11e as published in
machine-readable form for Peppol BIS Billing 3 (code list UNECERec20, sha256 of the file of 2024-10-29:
667cac64c09eaa4eaec8e98b283f42aeb2298124cde2044f8db52a39ad8c32ee). The full Recommendation has over 2,100 codes;
one that is not listed here may well be right, so it is only remarked on.
"""

import re

from entrepot.base.finding import Finding, Severity
from entrepot.base.text import shown

_MEASURES = """
10 group | 11 outfit | 13 ration | 20 twenty foot container | 2N decibel | 2P kilobyte | 4L megabyte |
4N megabecquerel | 5B batch | A44 decalitre | A75 freight ton | A86 gigahertz | A90 gigawatt | AA ball | AB bulk pack |
ACR acre | ACT activity | AD byte | AMH ampere hour | AMP ampere | ANN year | APZ troy ounce or apothecary ounce |
AS assortment | ASM alcoholic strength by mass | ASU alcoholic strength by volume | ATM standard atmosphere |
AY assembly | B10 bit per second | B34 kilogram per cubic decimetre | B49 kiloohm | B61 lumen per watt | BAR bar |
BB base box | BFT board foot | BLL barrel (US) | BPM beats per minute | BQL becquerel |
BTU British thermal unit (international table) | BUA bushel (US) | BUI bushel (UK) | C16 millimetre per second |
C18 millimole | C26 millisecond | C34 mole | C45 nanometre | C62 one | C65 pascal second | C81 radian | CDL candela |
CEL degree Celsius | CEN hundred | CG card | CGM centigram | CLT centilitre | CMK square centimetre |
CMQ cubic centimetre | CMT centimetre | CNP hundred pack | COU coulomb | CTM metric carat | CUR curie |
CWA hundred pound (cwt) / hundred weight (US) | CWI hundred weight (UK) | D03 kilowatt hour per hour |
D32 terawatt hour | D63 book | D65 round | D68 number of words | DAA decare | DAD ten day | DAY day |
DBM Decibel-milliwatts | DD degree | DEC decade | DG decigram | DLT decilitre | DMK square decimetre |
DMQ cubic decimetre | DMT decimetre | DPC dozen piece | DPR dozen pair | DRL dozen roll | DT dry ton | DTN decitonne |
DZN dozen | DZP dozen pack | E27 dose | E34 gigabyte | E35 terabyte | E36 petabyte | E37 pixel | E39 dots per inch |
E48 service unit | E49 working day | E50 accounting unit | E51 job | E53 test | E54 trip | EA each |
FAH degree Fahrenheit | FAR farad | FOT foot | FTK square foot | FTQ cubic foot | GBQ gigabecquerel | GGR great gross |
GIP gram, including inner packaging | GJ gram per millilitre | GL gram per litre | GLI gallon (UK) | GLL gallon (US) |
GM gram per square metre | GRM gram | GRN grain | GRO gross | GV gigajoule | GWH gigawatt hour | H87 piece | HA hank |
HC hundred count | HEA head | HGM hectogram | HKM hundred kilogram, net mass | HLT hectolitre | HMT hectometre |
HPA hectolitre of pure alcohol | HTZ hertz | HUR hour | IE person | INH inch | INK square inch | INQ cubic inch |
JOU joule | K6 kilolitre | KA cake | KAT katal | KBA kilobar | KEL kelvin | KGM kilogram | KGS kilogram per second |
KHZ kilohertz | KIC kilogram, including container | KIP kilogram, including inner packaging | KJO kilojoule |
KMH kilometre per hour | KMK square kilometre | KMQ kilogram per cubic metre | KMT kilometre | KNT knot |
KPA kilopascal | KT kit | KTN kilotonne | KVA kilovolt-ampere | KVT kilovolt | KWH kilowatt hour | KWT kilowatt |
LBR pound | LD litre per day | LEF leaf | LH labour hour | LM linear metre | LN length | LO lot |
LPA litre of pure alcohol | LR layer | LS lump sum | LTN long ton | LTR litre | LUM lumen | LUX lux | MAL megalitre |
MAW megawatt | MBR millibar | MC microgram | MGM milligram | MHZ megahertz | MIK square mile (statute mile) |
MIL thousand | MIN minute | MIO million | MLT millilitre | MMK square millimetre | MMQ cubic millimetre |
MMT millimetre | MON month | MPA megapascal | MQH cubic metre per hour | MQS cubic metre per second |
MSK metre per second squared | MTK square metre | MTQ cubic metre | MTR metre | MTS metre per second |
MVA megavolt-ampere | MWH megawatt hour (1000 kW.h) | NAR number of articles | NEW newton |
NIU number of international units | NMI nautical mile | NMP number of packs | NPT number of parts | NT net ton |
OHM ohm | ONZ ounce (avoirdupois) | OT overtime hour | OZA fluid ounce (US) | OZI fluid ounce (UK) | P1 percent |
PAL pascal | PD pad | PR pair | PTI pint (UK) | PTL liquid pint (US) | PTN portion | Q3 meal | QAN quarter (of a year) |
QR quire | QTI quart (UK) | QTL liquid quart (US) | RH running or operating hour | RM ream | ROM room |
RPM revolutions per minute | RPS revolutions per second | RT revenue ton mile | SAN half year (6 months) | SCO score |
SEC second | SET set | SMI mile (statute mile) | SQR square, roofing | STK stick, cigarette | STN short ton | SW skein |
SX shipment | SYR syringe | TAH kiloampere hour (thousand ampere hour) | TIC metric ton, including container |
TIP metric ton, including inner packaging | TKM tonne kilometre | TNE tonne | TP ten pack | TPR ten pair | VLT volt |
WCD cord | WEE week | WHR watt hour | WM working month | WTT watt | YDK square yard | YDQ cubic yard | YRD yard |
ZP page | ZZ mutually defined
"""
_PACKAGES = """
X1A drum, steel | X1B drum, aluminium | X1D drum, plywood | X1F container, flexible | X1G drum, fibre |
X1W drum, wooden | X2C barrel, wooden | X3A jerrican, steel | X3H jerrican, plastic | X43 bag, super bulk |
X44 bag, polybag | X4A box, steel | X4B box, aluminium | X4C box, natural wood | X4D box, plywood |
X4F box, reconstituted wood | X4G box, fibreboard | X4H box, plastic | X5H bag, woven plastic | X5L bag, textile |
X5M bag, paper | X6H composite packaging, plastic receptacle | X6P composite packaging, glass receptacle |
X7A case, car | X7B case, wooden | X8A pallet, wooden | X8B crate, wooden | X8C bundle, wooden | XAE aerosol |
XAG pallet, shrinkwrapped | XAH pallet, 100cms * 110cms | XAI clamshell | XAM ampoule, non-protected | XBA barrel |
XBB bobbin | XBC bottlecrate / bottlerack | XBD board | XBE bundle | XBG bag | XBH bunch | XBI bin | XBJ bucket |
XBK basket | XBL bale, compressed | XBN bale, non-compressed | XBO bottle, non-protected, cylindrical |
XBQ bottle, protected cylindrical | XBR bar | XBX box | XCA can, rectangular | XCG cage | XCH chest | XCI canister |
XCK cask | XCL coil | XCM card | XCN container, not otherwise specified as transport equipment | XCQ cartridge |
XCR crate | XCS case | XCT carton | XCU cup | XCX can, cylindrical | XCY cylinder | XDI drum, iron | XDN dispenser |
XDR drum | XDS tray, one layer no cover, plastic | XDV tray, one layer no cover, cardboard | XEC bag, plastic |
XEI case, isothermic | XEN envelope | XFB flexibag | XFC crate, fruit | XFE flexitank | XFL flask | XFR frame |
XFT foodtainer | XFX bag, flexible container | XGB bottle, gas | XHN hanger | XIG package, paper wrapped | XIN ingot |
XJB bag, jumbo | XJC jerrican, rectangular | XJR jar | XJT jutebag | XJY jerrican, cylindrical | XKG keg | XKI kit |
XLG log | XLT lot | XLU lug | XMA crate, metal | XMB bag, multiply | XMC crate, milk | XMS sack, multi-wall | XMT mat |
XNA not available | XNE unpacked or unpackaged | XNF unpacked or unpackaged, single unit |
XNG unpacked or unpackaged, multiple units | XNT net | XOT octabin | XOU container, outer | XOV returnable pallet |
XPA packet | XPC parcel | XPG plate | XPI pipe | XPJ punnet | XPK package | XPL pail | XPO pouch | XPP piece |
XPR receptacle, plastic | XPT pot | XPU tray | XPX pallet | XQR box, plastic, expanded | XQS box, plastic, solid |
XRD rod | XRG ring | XRJ rack, clothing hanger | XRK rack | XRL reel | XRO roll | XSA sack | XSH sachet | XSI skid |
XSL slipsheet | XSO spool | XST sheet | XSV envelope, steel | XSW shrinkwrapped | XSX set | XT1 tablet | XTB tub |
XTC tea-chest | XTD tube, collapsible | XTE tyre | XTG tank container, generic | XTI tierce | XTK tank, rectangular |
XTN tin | XTR trunk | XTU tube | XTY tank, cylindrical | XUN unit | XVG bulk, gas (at 1031 mbar and 15°C) | XVI vial |
XVL bulk, liquid | XVN vehicle | XVO bulk, solid, large particles (“nodules”) | XVP vacuum-packed |
XVQ bulk, liquefied gas (at abnormal temperature/pressure) | XVR bulk, solid, granular particles (“grains”) |
XVS bulk, scrap metal | XVY bulk, solid, fine particles (“powders”) | XWA intermediate bulk container |
XXD bag, plastics film | XZZ mutually defined
"""
KNOWN: dict[str, str] = {
    code: name.strip() for code, name in (each.split(maxsplit=1) for each in f"{_MEASURES}|{_PACKAGES}".split("|"))
}
"""Short English name by unit code."""
_FORM = re.compile("[A-Z0-9]{2,3}", re.ASCII)
_SOURCE = "UN/ECE Recommendations 20 and 21"


def is_unit_code(code: str) -> bool:
    """Whether ``code`` has the form of a Recommendation 20 code, or of a Recommendation 21 code after ``X``."""
    return _FORM.fullmatch(code) is not None


def unit_findings(code: str, path: str) -> tuple[Finding, ...]:
    """What is to be said of the unit ``code`` at ``path``: blocking where it is none, a warning where it is unknown."""
    if code in KNOWN:
        return ()
    if is_unit_code(code):
        return (
            Finding(
                id="ENT-CORE-UNIT-02",
                severity=Severity.WARNING,
                path=path,
                message="The unit code {code} is well-formed but not among those known here.",
                params={"code": code},
                source=_SOURCE,
                remedy="Compare it with the current list; use a common code where one fits.",
            ),
        )
    return (
        Finding(
            id="ENT-CORE-UNIT-01",
            severity=Severity.BLOCKING,
            path=path,
            message="{code} does not have the form of a unit code.",
            params={"code": shown(code)},
            source=_SOURCE,
            remedy="Use two or three capital letters or digits, for instance KGM or C62.",
        ),
    )
