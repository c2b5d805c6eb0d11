"""In which encoding a text without a mark is, told by the letters that each would make of it.

No statistics: the letters of a language are known, no word has a capital behind a small letter,
and Chinese and Japanese are mostly written with the signs that their standards name first. Short
texts that several encodings read are left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from kpilib.errors import ParameterError, listed
from kpilib.saying import error_of

ENCODING = "Encoding"  # --read 'Encoding=windows-1251'
WEST = (
    "àâæçéèêëîïôœùûüÿ",  # French
    "äöüßé",  # German
    "áéíñóúü",  # Spanish
    "áâãàçéêíóôõú",  # Portuguese
    "àèéìîòù",  # Italian
    "àçèéíïòóúü",  # Catalan
    "åäöéüà",  # Swedish
    "åäöšžéüíó",  # Finnish
    "æøåéòóôäöü",  # Danish, Norwegian
    "áèéëïíóöü",  # Dutch
)
ANY_WEST = ("àáâãäåæçèéêëìíîïñòóôõöøœùúûüÿß",)
EAST = (
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíľňóôšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "ăâîșşțţ",  # Romanian
    "čćđšž",  # Croatian, Slovene
)
RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ"
ALPHABETS = {
    "cp1252": WEST,
    "mac_roman": WEST,
    "cp850": WEST,
    "iso8859_1": ("áðéíóúýþæö",),  # Icelandic, apart from the others: Turkish looks like it
    "cp1250": EAST,
    "iso8859_2": EAST,
    "cp1251": (RUSSIAN,),
    "koi8_r": (RUSSIAN,),
    "cp866": (RUSSIAN,),
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ",),
    "cp1254": ("çğıiİöşüâîû",),
}
SIGNS = " \u00a0\u202f’‘“”„«»‹›–—…•€°²³·¿¡ºª©®™§×±№"
WITHIN = "’·"  # signs that stand between two letters of a word
# Encoding to its standard, and the first bytes of its usual signs: those of the first level, its
# syllables. Those that have fewer come first.
USUAL = {
    "cp949": ("euc_kr", b"[\xa1\xa3\xb0-\xc8]."),
    "euc_jp": ("euc_jp", b"[\xa1\xa3-\xa5\xb0-\xcf]."),
    "cp932": ("shift_jis", b"[\x81-\x83\x88-\x97]."),
    "big5": ("big5", b"[\xa1-\xc6]."),
    "gb18030": ("gb2312", b"[\xa1\xa3\xb0-\xd7]."),
}
TOLD_BY_LETTERS = {*ALPHABETS, *USUAL} - {"cp1252"}  # said to the analyst
ENOUGH = 40  # bytes: so many signs are not by chance all among the fewer usual ones of another
KANA = re.compile("[\u3040-\u30ff]")
ALONE = re.compile(r"[a-z][^\x00-\x7f](?![^\x00-\x7f])|[A-Z][^\x00-\x7f][a-z]")
ELSEWHERE = "(?i:õ(?!e)|ã(?![oesi]|$|\\W)|[^\\W\\d_]þ)"  # than in Portuguese and Icelandic
MOST_STRANGE = 4  # one word in so many may be of another language
MIXED = ("cp1252", "mac_roman", "cp850")  # the first is much more usual than all others
FEW = 3  # one word in so many has to read better in another, where all may be Western
BY_CHANCE = 16  # one word in so many reads better in another encoding
RARE = 3  # so many signs in one may be of the second level


def likely(words: Sequence[bytes]) -> list[str]:
    """Return the encodings in which words read best; several where they cannot be told apart.

    Parameters
    ----------
    words : sequence of bytes
        Those that have letters beyond ASCII, each once.

    Returns
    -------
    list of str
        ``cp1252`` alone where nothing reads better; empty where nothing reads well.
    """
    strange = {name: _strange(words, name, alphabets) for name, alphabets in ALPHABETS.items()}
    strange |= {name: _strange(words, name) for name in USUAL}
    least, west = min(strange.values()), strange["cp1252"]
    best = [name for name, count in strange.items() if count == least]
    mixed = {name: _strange(words, name, ANY_WEST) for name in MIXED}
    better = west - least
    few = mixed["cp1252"] <= least and better < max(2, len(words) / FEW)
    if better <= len(words) / BY_CHANCE or few:
        return ["cp1252"]
    if MOST_STRANGE * least > len(words):  # names of several countries, or what is not known
        name = min(mixed, key=mixed.__getitem__)
        return [name] if MOST_STRANGE * mixed[name] <= len(words) else []
    if set(best) <= set(USUAL) and sum(map(len, words)) > ENOUGH:
        return best[:1]
    texts = {tuple(word.decode(name, "replace") for word in words): name for name in reversed(best)}
    return sorted(texts.values(), key=best.index)


def _strange(words: Sequence[bytes], name: str, alphabets: Iterable[str] = ()) -> int:
    """Return how many words are not as a language writes them that has this encoding."""
    texts = []
    for word in words:
        try:
            texts.append(word.decode(name))
        except UnicodeDecodeError:
            continue
    lost = len(words) - len(texts)
    if name == "euc_jp" and not any(map(KANA.search, texts)):  # else Chinese reads as Japanese
        return len(words)
    if not alphabets:
        return lost + sum(not _usual(text, *USUAL[name]) for text in texts)
    texts = [text for text in texts if not _broken(text)]
    return len(words) - max(_fitting(texts, letters) for letters in alphabets)


def _usual(text: str, standard: str, first: bytes) -> bool:
    if ALONE.search(text):
        return False
    wide = [sign for sign in text if not sign.isascii()]
    try:
        written = [sign.encode(standard) for sign in wide]
    except UnicodeEncodeError:
        return False
    rare = sum(not re.fullmatch(first, each, re.S) for each in written)
    return RARE * rare <= len(wide)


def _broken(text: str) -> bool:
    """Whether a capital or a sign stands where no word has one, or two scripts make one word."""
    for one, two, three in zip(text, text[1:], f"{text[2:]} ", strict=False):
        if one.isascii() and two.isascii():
            continue
        capital = two.isupper() and one.isalpha() and (one.islower() or three.islower())
        among_digits = one.isdigit() and two.isalpha() and three.isdigit()
        if capital or among_digits or (one == "ς" and two.isalpha()):
            return True
        if one.isalpha() and two.isalpha() and _latin(one) != _latin(two):
            return True
    return _cut().search(text) is not None


def _latin(letter: str) -> bool:
    return letter < "\u0250"


@cache
def _cut() -> re.Pattern[str]:
    signs = re.escape("".join(sign for sign in SIGNS.strip() if sign not in WITHIN and sign > "~"))
    return re.compile(rf"[^\W\d_][{signs}][^\W\d_A-Z]|[£³²¹][^\W\d_A-Z]|{ELSEWHERE}")


def _fitting(texts: Iterable[str], letters: str) -> int:
    known = {*letters, *letters.upper(), *SIGNS}
    return sum(all(sign in known for sign in text if not sign.isascii()) for text in texts)


def encoding_told(answer: str) -> str:
    """Return what the analyst said of a file's letters, if it is an encoding.

    Raises
    ------
    ParameterError
        It is none.
    """
    try:
        "a".encode(answer or "utf-8")
    except (LookupError, ValueError):
        raise error_of(
            ParameterError,
            "--read {name}={answer}: no encoding is called so. There is: {known}.",
            name=ENCODING,
            answer=answer,
            known=listed([*ALPHABETS, *USUAL]),
        ) from None
    return answer
