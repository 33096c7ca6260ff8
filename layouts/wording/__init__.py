"""What the screens say, by language. A word that is missing is a mistake of ours: nothing falls back silently."""

from collections.abc import Mapping

from layouts.wording import (
    alarms_en,
    alarms_zh,
    assets_en,
    assets_zh,
    desk_en,
    desk_zh,
    en,
    health_en,
    health_zh,
    incidents_en,
    incidents_zh,
    indicators_en,
    indicators_zh,
    matters_en,
    matters_zh,
    newcomers_en,
    newcomers_zh,
    zh,
)

_DESK: Mapping[str, Mapping[str, str]] = {
    "zh": {
        **desk_zh.WORDS,
        **alarms_zh.WORDS,
        **assets_zh.WORDS,
        **health_zh.WORDS,
        **incidents_zh.WORDS,
        **indicators_zh.WORDS,
        **matters_zh.WORDS,
        **newcomers_zh.WORDS,
    },
    "en": {
        **desk_en.WORDS,
        **alarms_en.WORDS,
        **assets_en.WORDS,
        **health_en.WORDS,
        **incidents_en.WORDS,
        **indicators_en.WORDS,
        **matters_en.WORDS,
        **newcomers_en.WORDS,
    },
}
LANGUAGES: Mapping[str, Mapping[str, str]] = {"zh": zh.WORDS, "en": en.WORDS}


def words_in(language: str) -> Mapping[str, str]:
    """Return the words of *language* (`zh`, `en`); any other is answered in zh."""
    return LANGUAGES.get(language, zh.WORDS)


def desk_words_in(language: str) -> Mapping[str, str]:
    """Return the words of the desk's management pages; they are many, and the wall needs none of them."""
    return _DESK.get(language, _DESK["zh"])
