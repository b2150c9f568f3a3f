"""What an offer is found by: in every script, with and without marks, by a word for the same thing."""

import pytest

from entrepot.flow.offersynonym import TABLE, alternatives
from entrepot.flow.offerterm import fold, terms, wanted


def answers(text, question):
    """Whether a text is found by a question, as the index finds it."""
    held = terms(text)
    return all(
        term in held if whole else any(each.startswith(term) for each in held) for term, whole in wanted(question)
    )


@pytest.mark.parametrize(
    ("text", "question", "found"),
    [
        ("马来西亚猫山王榴莲冷冻", "榴莲", True),
        ("马来西亚猫山王榴莲冷冻", "王榴", True),
        ("马来西亚猫山王榴莲冷冻", "莲", True),
        ("马来西亚猫山王榴莲冷冻", "冻", True),
        ("马来西亚猫山王榴莲冷冻", "莲榴", False),
        ("ทุเรียนหมอนทองแช่แข็ง", "หมอนทอง", True),
        ("ทุเรียนหมอนทองแช่แข็ง", "มะม่วง", False),
        ("Sầu riêng Ri6 đông lạnh", "sau rieng dong lanh", True),
        ("Sầu riêng Ri6 đông lạnh", "SẦU RIÊNG", True),
        ("sau rieng", "sầu riêng", True),
        ("ドリアン冷凍", "ﾄﾞﾘｱﾝ", True),
        ("냉동 두리안을", "두리안", True),
        ("ទុរេនស្រស់", "ទុរេន", True),
        ("Durian, frozen", "dur", True),
        ("Durian, frozen", "urian", False),
        ("Durian, frozen", "d", False),
        ("Durian frozen", "frozen DURIAN", True),
    ],
)
def test_a_text_is_found_in_its_script(text, question, found):
    assert answers(text, question) is found


def test_marks_of_other_scripts_are_letters():
    assert fold("กา") != fold("กี")
    assert fold("が") != fold("か")


def test_a_word_for_the_same_thing_is_known_in_other_languages():
    assert "榴莲" in alternatives("Durian")
    assert "durian" in alternatives("榴莲")
    assert "榴莲" in alternatives("sau rieng")
    assert alternatives("tractor") == ()


def test_a_word_stands_in_one_row_and_is_a_term():
    words = [fold(each) for row in TABLE for each in row]
    assert len(words) == len(set(words))
    assert all(wanted(each) for each in words)
