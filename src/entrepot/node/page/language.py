"""The reader's language: from the address (``/zh-hans/...``), else the cookie, else ``Accept-Language``.

Tags after BCP 47; Django's codes are their lower-case forms.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from babel import Locale
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages: ``code`` as in addresses, ``name`` as its readers write it. ``is_whole``: whether all
    pages are in it, or those of a seller's path alone (``tools/messages/path.toml``)."""

    code: str
    name: str
    is_whole: bool = True

    @property
    def tag(self) -> str:
        """The BCP 47 tag, for the ``lang`` attribute."""
        return str(self.locale).replace("_", "-")

    @property
    def locale(self) -> Locale:
        """Where dates, numbers and lists are formatted."""
        return Locale.parse(self.code, sep="-")


def gettext_noop(text: str) -> str:
    """``text`` itself, marked for the catalogues where it stands, and translated where it is shown."""
    return text


LANGUAGES = (
    Language("en", "English"),
    Language("zh-hans", "简体中文"),
    Language("zh-hant", "繁體中文"),
    Language("ms", "Bahasa Melayu"),
    Language("id", "Bahasa Indonesia"),
    Language("vi", "Tiếng Việt"),
    Language("th", "ไทย"),
    Language("ja", "日本語"),
    Language("ko", "한국어"),
    Language("km", "ខ្មែរ", is_whole=False),
    Language("lo", "ລາວ", is_whole=False),
    Language("my", "မြန်မာ", is_whole=False),
    Language("fil", "Filipino", is_whole=False),
)
"""All languages of the pages, in the order in which they are offered."""
TAGALOG = re.compile(r"\btl\b", re.IGNORECASE)
"""What older telephones call Filipino."""
BY_CODE = {each.code: each for each in LANGUAGES}


def split(path: str) -> tuple[Language | None, str]:
    """The language that an address begins with, and the rest of the address."""
    first, slash, rest = path.removeprefix("/").partition("/")
    found = BY_CODE.get(first.lower())
    return (None, path) if found is None else (found, f"/{rest}" if slash else "/")


def language_of(request: HttpRequest) -> Language:
    """The language in which ``request`` is answered."""
    named: Language | None = getattr(request, "named_language", None)
    return named or BY_CODE.get(translation.get_language_from_request(request), LANGUAGES[0])


class Languages:
    """The middleware that takes the language from the address and sets it while the page is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wished = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
        request.META["HTTP_ACCEPT_LANGUAGE"] = TAGALOG.sub("fil", wished)
        named, rest = split(request.path_info)
        request.named_language = named  # type: ignore[attr-defined]
        if named is not None:
            request.path_info = rest
        language = language_of(request)
        with translation.override(language.code):
            response = self._next(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers["Content-Language"] = language.tag
            if named is None:
                response.headers["Vary"] = "Accept-Language, Cookie"
        return response
