"""Invented offers in nine languages: real names of goods, and beside them as many rare words as a language has."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from entrepot.base.record import Content, Record, record_of
from entrepot.base.shape import dump
from entrepot.cli.demo import default
from entrepot.document.offer.model import Offer
from entrepot.document.trade import HsCode, HsVintage, Price

BEGIN = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SPACED = [
    "ka",
    "ri",
    "ma",
    "to",
    "nu",
    "sel",
    "dan",
    "pe",
    "go",
    "lam",
    "thi",
    "bac",
    "tra",
    "min",
    "hoa",
    "ser",
    "un",
    "per",
]
HAN = "山水木火土金石田米花草竹林海河江湖天地日月星云风雨雪东西南北中上下大小高低长短新老红黄蓝白黑青香甜酸辣鲜干冷热"
THAI, HANGUL, KANA = (
    "กขคงจชซดตถทนบปผพมยรลวสหอ",
    "가나다라마바사아자차카타파하고노도로모보소오조",
    "アイウエオカキクケコサシスセソタチツテト",
)


@dataclass(frozen=True)
class Tongue:
    """Words of one language; ``letters``: what its rare words are made of; ``gap``: what parts words."""

    goods: str
    kinds: str
    letters: str | list[str]
    gap: str = " "


TONGUES = {
    "en": Tongue("durian mango rice coffee tea pepper shrimp coconut basket furniture silk rubber banana honey cashew",
                 "fresh frozen dried organic roasted handmade premium bulk", SPACED),
    "zh-hans": Tongue("榴莲 芒果 大米 咖啡 茶叶 胡椒 虾仁 椰子 竹篮 家具 丝绸 橡胶 香蕉 蜂蜜 腰果",
                      "新鲜 冷冻 干制 有机 烘焙 手工 优质 散装", HAN, ""),
    "zh-hant": Tongue("榴槤 芒果 稻米 咖啡 茶葉 胡椒 蝦仁 椰子 竹籃 傢俱 絲綢 橡膠 香蕉 蜂蜜 腰果",
                      "新鮮 冷凍 乾製 有機 烘焙 手工 優質 散裝", HAN, ""),
    "ms": Tongue("durian mangga beras kopi teh lada udang kelapa bakul perabot sutera getah pisang madu gajus",
                 "segar beku kering organik panggang buatan-tangan premium pukal", SPACED),
    "id": Tongue("durian mangga beras kopi teh lada udang kelapa keranjang mebel sutra karet pisang madu mete",
                 "segar beku kering organik sangrai buatan-tangan unggulan curah", SPACED),
    "vi": Tongue("sầu-riêng xoài gạo cà-phê trà tiêu tôm dừa giỏ-tre nội-thất lụa cao-su chuối mật-ong hạt-điều",
                 "tươi đông-lạnh khô hữu-cơ rang thủ-công cao-cấp rời", SPACED),
    "th": Tongue("ทุเรียน มะม่วง ข้าวสาร กาแฟ ใบชา พริกไทย กุ้ง มะพร้าว ตะกร้า เฟอร์นิเจอร์ ผ้าไหม ยางพารา กล้วย น้ำผึ้ง",
                 "สด แช่แข็ง อบแห้ง อินทรีย์ คั่ว ทำมือ พรีเมียม จำนวนมาก", THAI, ""),
    "ja": Tongue("ドリアン マンゴー 白米 コーヒー お茶 コショウ エビ ココナッツ 竹かご 家具 絹織物 天然ゴム バナナ",
                 "新鮮 冷凍 乾燥 有機 焙煎 手作り 高級 業務用", KANA, ""),
    "ko": Tongue("두리안 망고 쌀 커피 녹차 후추 새우 코코넛 바구니 가구 비단 고무 바나나 꿀 캐슈넛",
                 "신선 냉동 건조 유기농 볶은 수제 고급 대량", HANGUL),
}  # fmt: skip
ECONOMIES = ["MY", "CN", "VN", "TH", "ID", "JP", "KR", "PH", "SG", "TW"]
CURRENCIES = ["MYR", "CNY", "VND", "USD"]
CODES = [f"{chapter:02d}{heading:02d}{part:02d}" for chapter in (8, 9, 10, 46, 94) for heading in (1, 5, 10, 19)
         for part in (10, 60, 90)]  # fmt: skip


def offers(count: int, sellers: list[str], seed: int = 1) -> Iterator[tuple[Record, Offer]]:
    """``count`` offers with their records, unsigned: the index looks at no signature."""
    rng, names = random.Random(seed), list(TONGUES)
    model = default.offer(default.GROWER, "OF-0", BEGIN.date())
    for number in range(count):
        seller, tongue = sellers[number % len(sellers)], TONGUES[names[number % len(names)]]
        goods, kinds = tongue.goods.split(), tongue.kinds.split()
        name = tongue.gap.join((rng.choice(kinds), rng.choice(goods), rare(tongue, rng)))
        text = tongue.gap.join(rng.choice((rng.choice(kinds), rare(tongue, rng))) for _ in range(10))
        line = replace(
            model.lines[0],
            name=name.replace("-", " "),
            description=text.replace("-", " "),
            price=Price(amount=Decimal(rng.randrange(100, 200_000)) / 100),
            hs=HsCode(code=rng.choice(CODES), vintage=HsVintage.HS_2022),
        )
        offer = replace(
            model,
            number=f"OF-{number}",
            valid_until=BEGIN.date() + timedelta(days=rng.randrange(-9, 90)),
            seller=replace(model.seller, did=seller, economy=ECONOMIES[number % len(ECONOMIES)]),
            currency=rng.choice(CURRENCIES),
            lines=(line,),
        )
        yield recorded(offer, seller), offer


def rare(tongue: Tongue, rng: random.Random) -> str:
    """A word that few offers have."""
    return "".join(rng.choice(tongue.letters) for _ in range(3))


def recorded(offer: Offer, seller: str) -> Record:
    """The record that the seller would sign."""
    content = Content(kind="offer", version=1, issuer=seller, number=offer.number, nonce="A" * 22, issued=BEGIN)
    return record_of(replace(content, payload=dump(offer)))
