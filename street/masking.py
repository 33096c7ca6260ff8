r"""Masking: what tells who somebody is, or lets somebody in, is covered before others see it.

    text ─▶ folded, letter by letter (full-width to ASCII) ─▶ each kind finds its places ─▶ covered places, plain rest

Covered are phone numbers, identity-card numbers (a wrong check digit protects nobody), licence plates, e-mail
addresses, names behind a label such as "contact:", and secrets: labelled passwords, keys and tokens, passwords in
addresses, and long random words. Everything else stays as it is, to the letter; masking twice changes nothing.

The time it takes grows with the length of the text alone: every repetition is bounded or possessive. Han characters
stand as `\uXXXX` inside the patterns, with the characters in a comment beside.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

COVER: Final = "****"
HIDDEN: Final = "***"  # stands for a secret: not even its length is told

NAME_FIELDS: Final = frozenset(
    "person_name full_name real_name contact contact_name reporter reporter_name caller complainant owner".split()
)
SECRET_FIELDS: Final = frozenset("password passwd secret token api_key access_token refresh_token csrf sid".split())

# Full-width forms have their ASCII letter 0xFEE0 below; other digits are what Unicode says they are.
_FOLD: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    code: ord(str(value))
    for code in (*range(0x80, 0xFF10), *range(0x1D7CE, 0x1D800))
    if (value := unicodedata.digit(chr(code), None)) is not None
}

# Blanks, invisible marks, dashes, dots and brackets: what people put between the parts of a number.
_BETWEEN: Final = (
    r"[ \t\u00a0\u00ad\u2000-\u200f\u202a-\u202f\u205f-\u2064\u3000\ufeff"
    r"\-\u2010-\u2015\u2212._\u00b7\u2022\u2027\u2219\u30fb()]"
)
_RUN: Final = re.compile(rf"[0-9](?:{_BETWEEN}{{0,3}}[0-9]){{9,}}+")
_GROUP: Final = re.compile(r"[0-9]++")
_LAST_X: Final = re.compile(rf"{_BETWEEN}{{0,2}}X(?![A-Z0-9])", re.IGNORECASE)
_BIRTH: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_CARD: Final = re.compile(
    rf"[1-9][0-9]{{5}}(?:(?:18|19|20)[0-9]{{2}}{_BIRTH}[0-9]{{3}}[0-9X]|[0-9]{{2}}{_BIRTH}[0-9]{{3}})"
)
_PHONE: Final = re.compile(
    r"(?:(?:00)?86|0)?(1[3-9][0-9]{9})"
    r"|(0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7})"
    r"|(?:00)?86((?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7})"
)
_LONGEST: Final = 18
_LENGTHS: Final = frozenset({10, 11, 12, 13, 15, 17, 18})

# 京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼, then 挂学警港澳试超领, then 使.
_PROVINCE: Final = (
    r"[\u4eac\u6d25\u6caa\u6e1d\u5180\u8c6b\u4e91\u8fbd\u9ed1\u6e58\u7696\u9c81\u65b0\u82cf\u6d59\u8d63\u9102\u6842"
    r"\u7518\u664b\u8499\u9655\u5409\u95fd\u8d35\u7ca4\u9752\u85cf\u5ddd\u5b81\u743c]"
)
_ENDING: Final = r"[\u6302\u5b66\u8b66\u6e2f\u6fb3\u8bd5\u8d85\u9886]"
_PLATE: Final = re.compile(
    rf"({_PROVINCE}{_BETWEEN}{{0,3}}[A-Z]){_BETWEEN}{{0,3}}(?:"
    rf"[A-Z0-9]{{4}}{_BETWEEN}?{_ENDING}|[A-Z0-9]{{5,6}}(?![A-Z0-9])"
    rf"|[A-Z0-9]{{2,4}}{_BETWEEN}[A-Z0-9]{{2,3}}(?![A-Z0-9])|[A-Z0-9](?:{_BETWEEN}{{1,2}}[A-Z0-9]){{4,5}}(?![A-Z0-9])"
    rf")|(\u4f7f){_BETWEEN}?[0-9]{{3}}{_BETWEEN}?[0-9]{{3}}(?![0-9])",
    re.IGNORECASE,
)
_FEWEST_DIGITS: Final = 2  # a word of letters behind a province's sign is no plate

_MAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9])[A-Za-z0-9._%+-]{0,63}+@(?:[A-Za-z0-9-]{1,63}+\.){1,8}+[A-Za-z]{2,24}"
)
# 姓名 联系人 报案人 举报人 投诉人 报警人 当事人 申请人 反映人 求助人 车主 户主 业主 机主 微信 微信号
_LABELLED: Final = re.compile(
    r"(?:\u59d3\u540d|(?:\u8054\u7cfb|\u62a5\u6848|\u4e3e\u62a5|\u6295\u8bc9|\u62a5\u8b66|\u5f53\u4e8b|\u7533\u8bf7"
    r"|\u53cd\u6620|\u6c42\u52a9)\u4eba|[\u8f66\u6237\u4e1a\u673a]\u4e3b|\u5fae\u4fe1\u53f7?"
    r"|\b(?:contact(?: person)?|caller|reporter|reported by|complainant|full name|wechat))"
    r"[ \t\"']{0,3}[:=][ \t\"']{0,3}"
    r"([A-Za-z0-9\u3400-\u9fff])([\u3400-\u9fff\u00b7]{1,4}|[A-Za-z0-9_'-]{1,40}+(?: [A-Z][A-Za-z'-]{1,40}+){0,3})",
    re.IGNORECASE,
)
# 密码 口令 令牌
_SECRET: Final = re.compile(
    r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|private[_-]?key|csrf|sid|authorization|cookie"
    r"|\u5bc6\u7801|\u53e3\u4ee4|\u4ee4\u724c)"
    r"[\"']?[ \t]{0,3}(?:[:=]|\u662f|\u4e3a)[ \t]{0,3}[\"']?((?:(?:bearer|basic)[ \t]{1,3})?[^\s\"',;&<>]++)",
    re.IGNORECASE,
)
_BEARER: Final = re.compile(r"\b(?:bearer|basic)[ \t]{1,3}([A-Za-z0-9._~+/=-]{8,}+)", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"://[^\s/@:\"']{0,200}+:([^\s/@\"']{1,200}+)@")
_RANDOM: Final = re.compile(r"[A-Za-z0-9_-]{24,}+")
_HEX: Final = re.compile(r"[0-9a-fA-F]{40,}+")
_FEWEST_DIGIT_GROUPS: Final = 3  # words joined by hyphens have their digits together; random letters have not

_Place = tuple[int, int, str]  # from, to, what stands there instead


def masked(text: str) -> str:
    """Return *text* with everything covered that tells who somebody is or lets somebody in."""
    folded = text if text.isascii() else text.translate(_FOLD)
    places = [place for find in _FINDERS for place in find(folded)]
    if not places:
        return text
    parts: list[str] = []
    at = 0
    for begin, end, cover in sorted(places, key=lambda place: (place[0], -place[1])):
        if begin >= at:
            parts += (text[at:begin], cover)
        at = max(at, end)  # where two kinds overlap, both places go
    return "".join((*parts, text[at:]))


def masked_name(name: str) -> str:
    """Return a person's name as its first letter and two stars; an empty one stays empty."""
    return f"{name[0]}**" if name.strip() else name


def masked_phone(phone: str) -> str:
    """Return what stands in a field for phone numbers, covered whatever its form: of a foreign one two digits stay."""
    covered = masked(phone)
    if covered != phone or not phone.strip():
        return covered
    return f"{COVER}{phone[-2:]}" if len(phone) > 4 else COVER


def masked_fields(value: Any, *, names: bool = True) -> Any:  # noqa: ANN401 - any JSON
    """Return a copy of JSON *value* with its texts masked; ids (`…_id`) are kept, else nothing would find its thing.

    Args:
        value: objects, lists, texts, numbers; as deep as our own answers are.
        names: whether fields that hold a person's name are covered too.
    """
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {key: _masked_field(key, each, names=names) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked_fields(each, names=names) for each in value]
    return value


def _masked_field(key: str, value: Any, *, names: bool) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(value, str):
        return masked_fields(value, names=names)
    if key in SECRET_FIELDS:
        return HIDDEN if value else value
    if key in NAME_FIELDS:
        return masked_name(value) if names else value
    if "phone" in key or "mobile" in key:
        return masked_phone(value)
    return value if key.endswith("_id") else masked(value)


def _numbers(text: str) -> Iterator[_Place]:
    """Find phone and card numbers: groups of digits that together are one, however they were parted."""
    for run in _RUN.finditer(text):
        groups = [(group.start() + run.start(), group.end() + run.start()) for group in _GROUP.finditer(run[0])]
        first = 0
        while first < len(groups):
            place, after = _number_at(text, groups, first)
            if place is not None:
                yield place
            first = after


def _number_at(text: str, groups: list[tuple[int, int]], first: int) -> tuple[_Place | None, int]:
    """Return the longest number that begins with group *first*, and the group to go on with."""
    found, after = None, first + 1
    digits, are_single = "", True
    begin, first_end = groups[first]
    for index in range(first, len(groups)):
        size = groups[index][1] - groups[index][0]
        are_single = are_single and size == 1
        digits += text[groups[index][0] : groups[index][1]]
        if len(digits) > _LONGEST or not (are_single or (size > 1 and first_end - begin > 2)):
            break
        end = groups[index][1]
        if len(digits) in _LENGTHS and (cover := _cover(text, digits, end)) and _is_one(text[begin:end], index - first):
            found, after = (begin, end + cover[1], cover[0]), index + 1
    return found, after


def _cover(text: str, digits: str, end: int) -> tuple[str, int] | None:
    """Return what stands for a number, and how many letters behind its last digit belong to it."""
    if len(digits) == 17:
        last = _LAST_X.match(text, end)
        card = _CARD.fullmatch(f"{digits}X") if last else None
        return (f"{COVER}{digits[-3:]}X", last.end() - end) if card and last else None
    phone = _PHONE.fullmatch(digits)
    if phone:
        number = phone[phone.lastindex or 0]
        return f"{number[:3]}{COVER}{number[-4:]}", 0
    return (f"{COVER}{digits[-4:]}", 0) if _CARD.fullmatch(digits) else None


def _is_one(written: str, gaps: int) -> bool:
    """Return whether dots, where there are any, part a number as people do: a decimal number has one, a date two."""
    return "." not in written or gaps >= 2


def _plates(text: str) -> Iterator[_Place]:
    for plate in _PLATE.finditer(text):
        kept = plate[1] or plate[2]
        serial = plate[0][len(kept) :]
        if sum(letter.isdigit() for letter in serial) >= _FEWEST_DIGITS:
            yield plate.start() + len(kept), plate.end(), HIDDEN


def _labelled_names(text: str) -> Iterator[_Place]:
    for name in _LABELLED.finditer(text):
        yield name.start(2), name.end(), "**"


def _mails(text: str) -> Iterator[_Place]:
    for mail in _MAIL.finditer(text):
        yield mail.end(1), mail.end(), f"{HIDDEN}@{HIDDEN}"


def _secrets(text: str) -> Iterator[_Place]:
    for pattern in (_SECRET, _BEARER, _ADDRESS):
        for secret in pattern.finditer(text):
            yield secret.start(1), secret.end(1), HIDDEN
    for word in _HEX.finditer(text):
        yield word.start(), word.end(), HIDDEN
    for word in _RANDOM.finditer(text):
        if _is_random(word[0]):
            yield word.start(), word.end(), HIDDEN


def _is_random(word: str) -> bool:
    is_mixed = word.upper() != word and word.lower() != word
    return is_mixed and sum(1 for _ in _GROUP.finditer(word)) >= _FEWEST_DIGIT_GROUPS


_FINDERS: Final[tuple[Callable[[str], Iterator[_Place]], ...]] = (_secrets, _mails, _labelled_names, _plates, _numbers)
