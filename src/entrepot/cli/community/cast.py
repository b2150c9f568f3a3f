"""Who is in the little community: invented firms, offices and people, each on one of the two nodes."""

from dataclasses import dataclass

from entrepot.cli.demo.cast import EXPORT_NODE, IMPORT_NODE
from entrepot.cli.demo.default import GROWER, IMPORTER
from entrepot.party.party import Address, Party


@dataclass(frozen=True, slots=True)
class Settler:
    """A person who acts for a party of her own. ``part``: the role in the sale that is played to its end, if any."""

    role: str
    node: str
    person: str
    party: Party
    part: str = ""

    @property
    def email(self) -> str:
        """An address that can belong to nobody (RFC 2606, 2)."""
        return f"{self.role}@community.example"


def invented(name: str, street: str, city: str, economy: str) -> Party:
    """A firm or office that there is not, and that says so."""
    address = Address(lines=(street,), city=city, economy=economy)
    return Party(name=f"{name} (invented)", economy=economy, address=address)


WORKSHOP = invented("Xưởng Đan Tre Ví Dụ", "1 Đường Ví Dụ", "Hải Phòng", "VN")
CHAMBER = invented("Dewan Perniagaan Contoh", "2 Jalan Contoh", "Kuala Lumpur", "MY")
REGISTRAR = invented("Pendaftar Perniagaan Contoh", "3 Jalan Contoh", "Putrajaya", "MY")
OVERSEER = invented("Pengawas Pasaran Contoh", "4 Jalan Contoh", "Putrajaya", "MY")
CUSTOMS = invented("示例海关", "9 Shili Road", "Nansha", "CN")
BANK = invented("示例银行", "1 Shili Road", "Guangzhou", "CN")
STATISTICS = invented("示例统计局", "2 Shili Road", "Guangzhou", "CN")
SETTLERS = (
    Settler("grower", EXPORT_NODE, "Aminah (invented)", GROWER, "seller"),
    Settler("importer", IMPORT_NODE, "李示例 (invented)", IMPORTER, "buyer"),
    Settler("workshop", IMPORT_NODE, "Thị Ví Dụ (invented)", WORKSHOP),
    Settler("chamber", EXPORT_NODE, "Encik Contoh (invented)", CHAMBER, "chamber"),
    Settler("registrar", EXPORT_NODE, "Puan Contoh (invented)", REGISTRAR),
    Settler("overseer", EXPORT_NODE, "Cik Contoh (invented)", OVERSEER),
    Settler("customs", IMPORT_NODE, "赵示例 (invented)", CUSTOMS, "import_customs"),
    Settler("bank", IMPORT_NODE, "陈示例 (invented)", BANK, "payer_bank"),
    Settler("statistics", IMPORT_NODE, "王示例 (invented)", STATISTICS, "reporter"),
)
"""In the order in which a visitor is shown them."""
