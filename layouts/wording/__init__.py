"""What the screens say, by language. A word that is missing is a mistake of ours: nothing falls back silently."""

from collections.abc import Mapping

from layouts.wording import en, zh

LANGUAGES: Mapping[str, Mapping[str, str]] = {"zh": zh.WORDS, "en": en.WORDS}


def words_in(language: str) -> Mapping[str, str]:
    """Return the words of *language* (`zh`, `en`); any other is answered in zh."""
    return LANGUAGES.get(language, zh.WORDS)
