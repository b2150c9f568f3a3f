"""Words for the same thing in the languages of the region, so that a search in one finds an offer in another.

A short table of what small firms trade most. It was written by machine and checked by nobody yet: it widens a search,
and decides nothing.
"""

from functools import cache

from entrepot.flow.offerterm import fold, runs

TABLE = (
    ("durian", "durians", "榴莲", "榴槤", "榴梿", "sầu riêng", "ทุเรียน", "ドリアン", "두리안", "ទុរេន", "ທຸລຽນ", "ဒူးရင်း"),
    ("mango", "mangoes", "mangga", "芒果", "檬果", "xoài", "มะม่วง", "マンゴー", "망고", "ស្វាយ", "သရက်သီး"),
    ("rice", "beras", "大米", "稻米", "gạo", "ข้าวสาร", "쌀", "bigas", "អង្ករ"),
    ("coffee", "kopi", "咖啡", "cà phê", "กาแฟ", "コーヒー", "커피", "kape", "កាហ្វេ", "ກາເຟ", "ကော်ဖီ"),
    ("tea", "teh", "茶叶", "茶葉", "trà", "chè", "ใบชา", "お茶", "녹차", "tsaa"),
    ("pepper", "lada", "胡椒", "hạt tiêu", "พริกไทย", "コショウ", "후추", "paminta"),
    ("shrimp", "prawn", "udang", "虾", "蝦", "tôm", "กุ้ง", "エビ", "海老", "새우", "hipon"),
    ("coconut", "kelapa", "椰子", "dừa", "มะพร้าว", "ココナッツ", "코코넛", "niyog"),
    ("furniture", "perabot", "mebel", "家具", "傢俱", "đồ nội thất", "เฟอร์นิเจอร์", "家具類", "가구", "muwebles"),
    ("silk", "sutera", "sutra", "丝绸", "絲綢", "lụa", "ผ้าไหม", "絹", "シルク", "비단", "실크"),
    ("rubber", "getah", "karet", "橡胶", "橡膠", "cao su", "ยางพารา", "天然ゴム", "고무"),
    ("banana", "pisang", "香蕉", "chuối", "กล้วย", "バナナ", "바나나", "saging"),
)
"""Each row: words of many languages for one thing."""
ALTERNATIVES_MAX = 12


def _key(text: str) -> str:
    return " ".join(run for run, _ in runs(fold(text)))


@cache
def _rows() -> dict[str, tuple[str, ...]]:
    return {_key(word): row for row in TABLE for word in row}


def alternatives(text: str) -> tuple[str, ...]:
    """Other words for what ``text`` asks for; none where the table does not have it."""
    asked = _key(text)
    row = _rows().get(asked, ())
    return tuple(each for each in row if _key(each) != asked)[:ALTERNATIVES_MAX]
