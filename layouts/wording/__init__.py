"""What the screens say, by language. A word that is missing is a mistake of ours: nothing falls back silently."""

from collections.abc import Mapping

from layouts.wording import desk_en, desk_zh, en, zh

LANGUAGES: Mapping[str, Mapping[str, str]] = {"zh": zh.WORDS, "en": en.WORDS}


def words_in(language: str) -> Mapping[str, str]:
    """Return the words of *language* (`zh`, `en`); any other is answered in zh."""
    return LANGUAGES.get(language, zh.WORDS)


def desk_words_in(language: str) -> Mapping[str, str]:
    """Return the words of the desk's management pages; they are many, and the wall needs none of them."""
    return {"zh": desk_zh.WORDS, "en": desk_en.WORDS}.get(language, desk_zh.WORDS)
