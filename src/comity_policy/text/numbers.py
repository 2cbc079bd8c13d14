"""Numbers with check digits: payment cards and bank accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comity_policy.text.digits import Said, is_before_word
from comity_policy.text.fold import View
from comity_policy.text.patterns import pattern

_CARD = pattern(r"(?:\d(?:[ .\-_/:|*,]{0,3}[0-9oli]){10,17}[ .\-_/:|*,]{0,3}\d)")
_IBAN = pattern(r"\b[a-z]{2}\d{2}(?:[ \-]?[a-z0-9]){11,30}\b")
# First digits that payment schemes issue (ISO/IEC 7812) with the lengths of their numbers.
_SCHEMES = pattern(
    r"^(?:4\d{15}|4\d{18}|5[1-5]\d{14}|2[2-7]\d{14}|35\d{14}|65\d{14}|64[4-9]\d{13}|6011\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:1800|2131)\d{11}|(?:5018|5020|5038|6304|6759|676[1-3])\d{8,15})$"
)
# Area, group and serial as the US Social Security Administration has issued them.
_AREA = r"(?:00[1-9]|0[1-9]\d|[1-5]\d\d|6[0-57-9]\d|66[0-57-9]|[78]\d\d)"
_SOCIAL_SECURITY = pattern(rf"{_AREA}-(?:0[1-9]|[1-9]\d)-(?:000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{{3}})")
_NUMBERED_THING = pattern(
    r"\b(?:part|model|item|art\w*|order|ref\w*|serial|no|nr|sku|tracking|type|belt|filter)\b"
    r"[^0-9a-z]{0,4}(?:\w+ )?$|[-/]$"
)
# ISO 13616 registry: length of the account number by country, for the countries we read.
_IBAN_LENGTHS = {
    "at": 20, "be": 16, "ch": 21, "cz": 24, "de": 22, "dk": 18, "ee": 20, "es": 24, "fi": 18, "fr": 27, "gb": 22,
    "gr": 27, "hr": 21, "hu": 28, "ie": 22, "is": 26, "it": 27, "li": 21, "lt": 20, "lu": 20, "lv": 21, "mc": 27,
    "mt": 31, "nl": 18, "no": 15, "pl": 28, "pt": 25, "ro": 24, "se": 24, "si": 19, "sk": 24, "tr": 26, "ae": 23,
    "il": 23, "sa": 24, "ua": 29, "rs": 22, "bg": 22, "cy": 28,
}  # fmt: skip


_CARD_BEFORE = pattern(r"\b(?:card|carte|karte\w*|tarjeta|carta|cartao|visa|mastercard|amex|maestro)\b[^.!\n]{0,40}$")


def card_numbers(folded: View) -> list[tuple[int, int]]:
    """Return the original stretches of numbers that could be on a payment card (scheme, length, Luhn)."""
    found = []
    for match in _CARD.finditer(folded.text):
        start = match.start()
        glued = not folded.text[start - 1 : start].isalnum()
        for end in _ends(match.group()):
            digits = "".join(filter(str.isdigit, match.group()[:end].translate(_AS_DIGITS)))
            at = start + end
            alone = _stands_alone(folded.text, start, at) or (glued and is_before_word(folded.text, at))
            if alone and passes_luhn(digits) and _is_of_a_card(folded.text, start, digits):
                found.append(folded.span(start, at))
                break
    return found


_AS_DIGITS = str.maketrans("oli", "011")
_FEWEST, _MOST = 12, 19


def _is_of_a_card(text: str, start: int, digits: str) -> bool:
    return bool(_SCHEMES.search(digits) or _CARD_BEFORE.search(text[max(0, start - 60) : start]))


def _ends(written: str) -> Iterator[int]:
    """Yield the ends that a card number may have in a longer row of digits, the whole row first: "…0005, 09/28"."""
    yield len(written)
    seen = 0
    for at, sign in enumerate(written):
        if not sign.isalnum() and written[at - 1].isdigit() and _FEWEST <= seen <= _MOST:
            yield at
        seen += sign.isalnum()


def spoken_cards(view: View, numbers: Iterable[Said]) -> list[tuple[int, int]]:
    """Return the original stretches of the card numbers among ``numbers`` that are said in ``view``."""
    return [
        view.span(start, end) for start, end, digits, _ in numbers if _SCHEMES.search(digits) and passes_luhn(digits)
    ]


def account_numbers(folded: View) -> list[tuple[int, int]]:
    """Return the original stretches of international bank account numbers (country, length, check digits)."""
    found = []
    for match in _IBAN.finditer(folded.text):
        length = _IBAN_LENGTHS.get(match.group()[:2])
        end = _end_of(match.group(), length) if length else None
        if end is not None and passes_mod97(match.group()[:end]):
            found.append(folded.span(match.start(), match.start() + end))
    return found


def social_security_numbers(folded: View) -> list[tuple[int, int]]:
    """Return the original stretches written like a US social security number that could have been issued."""
    return [
        folded.span(*match.span())
        for match in _SOCIAL_SECURITY.finditer(folded.text)
        if _stands_alone(folded.text, *match.span()) and not _NUMBERED_THING.search(folded.text[: match.start()])
    ]


def passes_luhn(digits: str) -> bool:
    """Say whether the last of ``digits`` is the right check digit (ISO/IEC 7812-1)."""
    total = sum(int(digit) for digit in digits[-1::-2])
    return (total + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])) % 10 == 0


def passes_mod97(account: str) -> bool:
    """Say whether an account number has the right check digits (ISO 7064, MOD 97-10)."""
    bare = "".join(filter(str.isalnum, account))
    return int("".join(str(int(character, 36)) for character in bare[4:] + bare[:4])) % 97 == 1


def _end_of(written: str, length: int) -> int | None:
    """Return where the ``length``-th letter or digit of ``written`` ends, if it has so many."""
    seen = 0
    for index, character in enumerate(written):
        seen += character.isalnum()
        if seen == length:
            return index + 1
    return None


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum()
