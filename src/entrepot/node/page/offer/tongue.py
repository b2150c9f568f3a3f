"""The languages of an offer: the one in which it is written, and those in which its seller answers."""

from collections.abc import Iterable

from babel import Locale
from django.utils.translation import gettext

from entrepot.node.page.entry import Entry
from entrepot.node.page.language import Language

TAGS = ("en", "zh-Hans", "zh-Hant", "ms", "id", "vi", "th", "ja", "ko", "km", "lo", "my", "fil", "ta", "es", "ru")
"""Languages that may be chosen on pages; a program may name any."""


def name_of_language(tag: str, language: Language) -> str:
    """A language by its name in the reader's language; the tag where nobody knows one."""
    try:
        return str(Locale.parse(tag, sep="-").get_display_name(language.locale) or tag)
    except ValueError:
        return tag
    except LookupError:
        return tag


def names_of(tags: Iterable[str], language: Language) -> str:
    """Several languages, in the order in which they stand."""
    return " · ".join(name_of_language(each, language) for each in tags)


def language_entries(language: Language) -> list[Entry]:
    """In which language the offer is written, and in which the seller answers; the reader's own is proposed."""
    options = options_of(language)
    return [
        Entry(
            name="language",
            label=gettext("The offer is written in"),
            kind="select",
            options=options,
            value=language.tag,
            required=False,
            path="$.languages",
        ),
        Entry(
            name="speaks",
            label=gettext("Buyers may write to you in"),
            kind="choices",
            options=options,
            value=language.tag,
            required=False,
            path="$.serviceLanguages",
        ),
    ]


def speaks_entry(language: Language) -> Entry:
    """In which language a seller should answer."""
    return Entry(
        name="speaks",
        label=gettext("Language of the seller"),
        kind="select",
        options=options_of(language),
        required=False,
    )


def options_of(language: Language) -> tuple[tuple[str, str], ...]:
    """The languages that may be chosen, by their names in the reader's language."""
    return tuple((each, name_of_language(each, language)) for each in TAGS)
