"""A document as a page for people: one HTML file that prints, in the reader's language. It is not the document."""

from entrepot.document.rendering.page import Asked, render
from entrepot.document.rendering.words import LANGUAGES, words_of

__all__ = ["LANGUAGES", "Asked", "render", "words_of"]
