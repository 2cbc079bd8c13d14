"""Digits said in words, alone or mixed with written ones: "oh seven double seven", "6one4", "zéro six, 12, trente"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from comity_policy.text.patterns import pattern

# Digits said in words, in the languages of the product and as they are mocked; the value is what is dialled.
_SAID = {
    word: digits
    for digits, said in {
        "0": "zero oh o null cero nil nought naught zip ziro zerro",
        "1": "one eins uno une un um uma wun won wan",
        "2": "two zwei zwo dos deux due dois duas too tu tew",
        "3": "three drei tres trois tre tree",
        "4": "four vier cuatro quatre quattro quatro fore for",
        "5": "five funf cinco cinq cinque faive fife fiv",
        "6": "six sechs seis sei meia sicks siks",
        "7": "seven sieben siete sept sette sete sevn",
        "8": "eight acht ocho huit otto oito ate eigt",
        "9": "nine neun nueve neuf nove niner nyne",
        "10": "ten zehn diez dix dieci dez",
        "11": "eleven elf once onze undici",
        "12": "twelve zwolf doce douze dodici doze",
        "13": "thirteen dreizehn trece treize tredici treze",
        "14": "fourteen vierzehn catorce quatorze quattordici",
        "15": "fifteen funfzehn quince quinze quindici",
        "16": "sixteen sechzehn dieciseis seize sedici dezesseis",
        "17": "seventeen siebzehn diecisiete diciassette dezessete",
        "18": "eighteen achtzehn dieciocho diciotto dezoito",
        "19": "nineteen neunzehn diecinueve diciannove dezenove",
        "20": "twenty zwanzig veinte vingt venti vinte",
        "30": "thirty dreissig treinta trente trenta trinta",
        "40": "forty vierzig cuarenta quarante quaranta quarenta",
        "50": "fifty funfzig cincuenta cinquante cinquanta cinquenta",
        "60": "sixty sechzig sesenta soixante sessanta sessenta",
        "70": "seventy siebzig setenta septante settanta",
        "80": "eighty achtzig ochenta ottanta oitenta",
        "90": "ninety neunzig noventa novanta",
        "00": "hundred hundert cientos cents cento",
    }.items()
    for word in said.split()
}
_REPEATS = {
    "double": 2,
    "doppel": 2,
    "doble": 2,
    "doppio": 2,
    "duplo": 2,
    "triple": 3,
    "tripple": 3,
    "dubble": 2,
    "treble": 3,
    "dreifach": 3,
}
# Letters of these words that are written as digits: "zer0", "f1ve".
_LEET = {"o": "o0", "i": "i1", "e": "e3", "s": "s5", "t": "t7"}
_LETTERS = str.maketrans("01357", "oiest")


def _written(word: str) -> str:
    """Return a pattern of ``word``; its first letter may be a digit only where another letter follows."""
    return "".join(f"[{_LEET[letter]}]" if letter in _LEET and len(word) > 1 else letter for letter in word)


_WORD = "|".join(map(_written, sorted((*_SAID, *_REPEATS), key=len, reverse=True)))
_NEXT = r"[^a-z0-9]{0,4}(?:(?:then|and|und|dann|luego|puis|poi|depois|et|y|e)[^a-z0-9]{1,3})?"
_SPOKEN = pattern(rf"\b(?:(?:{_WORD}|[0-9]{{1,4}}){_NEXT}){{3,}}(?:{_WORD}|[0-9]{{1,4}})\b")
_PIECE = pattern(rf"{_WORD}|[0-9]+")
_PLAIN = "|".join(sorted((*_SAID, *_REPEATS), key=len, reverse=True))
# What a text must hold before it is worth looking for numbers in words; its words view at least.
SPOKEN_START = (
    rf"(?:\b|[0-9])(?:{_PLAIN}){_NEXT}(?:(?:{_PLAIN})(?:\b|[0-9])|[0-9]{{1,4}}{_NEXT}(?:{_PLAIN})(?:\b|[0-9]))"
)
_SPOKEN_START = pattern(SPOKEN_START.replace(_PLAIN, _WORD))


class Said(NamedTuple):
    """Digits that are said between ``start`` and ``end`` of a view; ``words`` of their pieces are words."""

    start: int
    end: int
    digits: str
    words: int


def said_numbers(text: str) -> Iterator[Said]:
    """Yield where digits are said, at least some of them in words."""
    if not _SPOKEN_START.search(text):
        return
    for match in _SPOKEN.finditer(text):
        pieces = [piece if piece.isdigit() else piece.translate(_LETTERS) for piece in _PIECE.findall(match.group())]
        if sum(_SAID.get(piece) == "00" for piece in pieces) > 1:
            continue  # amounts: "six hundred, five hundred and twenty"
        yield Said(*match.span(), _said_digits(pieces), sum(not piece.isdigit() for piece in pieces))


# Digits as Chinese and Japanese write them, and as Rome did; a few in a row are no number anybody dials.
_HAN = dict(zip("零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "0123456789123456789", strict=True)) | {"o": "0"}
_ROMAN = {
    "0": "0", "o": "0", "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8",
    "ix": "9",
}  # fmt: skip
_HAN_DIGIT = rf"[{''.join(_HAN)}0-9]"
HAN_START = rf"[{''.join(_HAN)[:-1]}](?:[ -]?{_HAN_DIGIT}){{4}}"
ROMAN_START = r"\b(?:i[vx]|vi{0,3}|i{1,3})(?:[ ,./-]{1,3}(?:i[vx]|vi{0,3}|i{1,3}|[0o])\b){5}"
_HAN_ROW = pattern(rf"{_HAN_DIGIT}(?:[ -]{{0,2}}{_HAN_DIGIT}){{6,}}")
_ROMAN_ROW = pattern(r"\b(?:i[vx]|vi{0,3}|i{1,3}|[0o])(?:[ ,./-]{1,3}(?:i[vx]|vi{0,3}|i{1,3}|[0o])\b){6,}")
_ROMAN_PIECE = pattern(r"[ivx0o]+")
_FEWEST_SIGNS = 3


def sign_numbers(text: str) -> Iterator[Said]:
    """Yield rows of digits as Chinese, Japanese and Roman signs; each counts as a word."""
    if not text.isascii():
        for match in _HAN_ROW.finditer(text):
            signs = [sign for sign in match.group() if sign.isalnum()]
            foreign = sum(not sign.isascii() for sign in signs)
            if foreign >= _FEWEST_SIGNS:
                yield Said(*match.span(), "".join(_HAN.get(sign, sign) for sign in signs), foreign)
    for match in _ROMAN_ROW.finditer(text):
        pieces = _ROMAN_PIECE.findall(match.group())
        yield Said(*match.span(), "".join(_ROMAN[piece] for piece in pieces), len(pieces))


def _said_digits(pieces: list[str]) -> str:
    """Return what is dialled; "thirty four" is 34, which differs from "three four" only in what a table says."""
    dialled: list[str] = []
    repeat = 1
    for at, piece in enumerate(pieces):
        if piece in _REPEATS:
            repeat = _REPEATS[piece]
            continue
        digits = piece if piece.isdigit() else _SAID[piece]
        if len(digits) == 1 and dialled and dialled[-1].endswith("0") and _was_tens(pieces, at):
            dialled[-1] = dialled[-1][:-1]
        dialled.append(digits * repeat)
        repeat = 1
    return "".join(dialled)


def _was_tens(pieces: list[str], at: int) -> bool:
    return at > 0 and len(_SAID.get(pieces[at - 1], "")) > 1 and pieces[at - 1] not in {"hundred", "hundert"}


_FEWEST_GLUED = 3  # letters of a word that stands right behind a number; fewer may be part of a code


def is_before_word(text: str, end: int) -> bool:
    """Say whether a word, and no letter of a code, stands right behind a number that ends at ``end``."""
    word = text[end : end + _FEWEST_GLUED]
    return len(word) == _FEWEST_GLUED and word.isalpha()
