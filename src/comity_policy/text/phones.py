"""Telephone numbers: stretches of digits that are dialled, told from those that only number things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from comity_policy.text.digits import Said, is_before_word
from comity_policy.text.fold import View
from comity_policy.text.patterns import pattern

# ITU-T E.164: at most 15 digits; 7 is the shortest subscriber number written in full in North America.
_SHORTEST, _LONGEST = 7, 15
# With the leading zero, as dialled inside Britain, France, Germany, Italy or Australia.
_DOMESTIC_LENGTHS = range(10, 12)
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "PL", "PT", "IN", "AU")
# Countries whose numbers are dialled at home without a leading zero.
_REGIONS_WITHOUT_ZERO = ("US", "ES", "IT", "PL", "PT")

# Digits with at most three signs between them; letters o, l, i and s count where digits stand around them.
_RUN = pattern(
    r"(?:\+|\b00|\(\+?)?(?:[0-9]|\b[oi][0-9oil]*\d|\d[oli]\b)"
    r"(?:(?:[ ().\-/,_~|:x*\x{2022}]{0,3}|,? (?:and )?(?:then|dann|luego|puis|poi|depois) )[0-9oli]){5,}"
)
_GROUPED = pattern(
    r"^(?:"
    r"(?:\+?1[ .\-/]{0,2})?\(?[2-9]\d{2}\)?[ .\-/]{1,3}\d{3}[ .\-/]{1,2}\d{4}"  # 212 555 0147
    r"|\(?0\d{2,4}\)?[ .\-/]\d{3,4}[ .\-/]\d{3,4}"  # 0161 496 0388
    r"|\(?0\d{2,4}\)?[ .\-/]\d{6,8}"  # 01632 960188
    r"|0[1-9](?:[ .\-]\d{2}){4}"  # 06 12 34 56 78
    r")$"
)
_DIAL = (
    r"\b(?:call|calls|calling|phone|phones|telephone|tel|mobile|mob|cell|handy|ring|dial|text|txt|"
    r"sms|whats ?app|viber|reach|hotline|landline|my number|our number|my no|phone no|ph|"
    r"fone|telefon\w*|telefono|numero|movil|portable|"
    r"llam\w+|appel\w+|anruf\w*|ruf\w*|chiam\w+|cellulare|celular|ligu\w+|liga\w*|contact|fax|extension|"
    r"helpline|answer\w*|messages? (?:to|on)|guasap|wasap|whats|wpp|zap|meine nummer|joign\w*|rappel\w*|"
    r"telefonar|hmu|voicemail)\b"
)
_DIALLED_BEFORE = pattern(_DIAL + r"[^0-9\n]{0,40}$")
_DIALLED_AFTER = pattern(r"^[^0-9\n]{0,20}" + _DIAL)
# What stands directly before a number that is not dialled.
_COUNTED_BEFORE = pattern(
    r"(?:\b(?:order|orders|tracking|track|trk|parcel|shipment|waybill|awb|consignment|claim|case|ticket|reference|ref|model|"
    r"part|parts|article|art|item|sku|asin|upc|ean|gtin|isbn|serial|s/n|sn|lot|batch|invoice|purchase|policy|account|acct|"
    r"id|vat|eori|hs|code|imei|barcode|key|pin|iso|din|card|licence|license|registration|version|ver|v|size|ups|usps|fedex|"
    r"dhl|dpd|gls|hermes|evri|tba|no|nr|nos|numbers?|booking|member|customer|catalog\w*|bestell\w*|sendung\w*|rechnung\w*|"
    r"pedido|spedizione|envio|versand\w*|serie|guia|"
    r"matricola|matricula|lote?|lotto|seriennummer|barcode|drawing|zeichnung|commande|commandes|ordine|suivi|seguimiento|reference|pump|belt|filter|batter\w+|pieces?|bags?|labels?)\b"
    r"[^0-9a-z\n]{0,3}(?:\b(?:number|numbers|no|nr|num|id|code|is|are|was|of|for|the|your|my|our|with|under|like|says|one)\b"
    r"[^0-9a-z\n]{0,3}){0,4}|#|\x{20ac}|\$|\x{a3}|\bn[o\x{b0}]\.? ?)$"
)
_NEVER_DIALLED = pattern(
    r"^(?:\d{3}-\d{7}-\d{7}"  # an order id
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|\d{4}[./-]\d{1,2}[./-]\d{1,2}.*"  # a date
    r"|\d{1,2}:\d{2}.*"  # a time
    r"|97[89][ -]\d.*|97[89]\d{10}"  # a book
    r"|\d+[.,]\d{1,2}"  # a price
    r"|\d{1,3}(?:[.,]\d{3})+[.,]\d\d"  # a larger price
    r"|(?:[1-9]\d*|0)(?:[.,]\d+)?(?: ?[x*] ?(?:[1-9]\d*|0)(?:[.,]\d+)?){1,3}"  # dimensions
    r")$"
)
_RARELY_DIALLED = pattern(
    r"^(?:(?:\d{4}[ -]){2,}\d{1,4}(?: \d{1,4})*"  # a card, a tracking number
    r"|\d{1,3}(?:[.,]\d{3})+"  # a large count
    r"|[\d.]+-[\d.]+"  # a range, a part with one hyphen
    r")$"
)
# Words of calling that call nobody.
_NOT_CALLING = pattern(
    r"\b(?:(?:phone|mobile|cell|handy|telephone)s? (?:cases?|covers?|holders?|chargers?|stands?|"
    r"screens?|mounts?|cards?|cables?|grips?|pouch\w*)|"
    r"no (?:call|text)|(?:so|as) called|text (?:field|box|size|on))\b"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number at an original span; ``sure`` is false for bare digits that only could be one."""

    start: int
    end: int
    digits: str
    sure: bool


def phone_numbers(folded: View, region: str | None) -> Iterator[Phone]:
    """Yield the telephone numbers of a text; ``region`` is the country numbers without a prefix belong to."""
    regions = (region, *_REGIONS) if region else _REGIONS
    text = folded.text
    for match in _RUN.finditer(text):
        start, end = match.start(), _end_of(text, match.end())
        digits = _digits(text[start:end])
        sure = None
        if _SHORTEST <= len(digits) <= _LONGEST and (_stands_alone(text, start, end) or _is_glued(text, start, end)):
            sure = _is_dialled(folded, start, end, regions)
        if sure is not None:
            yield Phone(*folded.span(start, end), digits, sure)
        elif " " in text[start:end]:
            yield from _beside(folded, start, end)


_BARE = pattern(r"\b\d{10}\b")


def _beside(folded: View, start: int, end: int) -> Iterator[Phone]:
    """Yield numbers that only stand beside others, such as a post code."""
    for match in _BARE.finditer(folded.text[start:end]):
        begin, stop = start + match.start(), start + match.end()
        if _stands_alone(folded.text, begin, stop) and _stands_bare(folded.text, begin, stop):
            yield Phone(*folded.span(begin, stop), match.group(), sure=False)


def is_phone_number(digits: str) -> bool:
    """Say whether bare ``digits`` are a valid number as dialled at home, or abroad with or without its plus."""
    regions = _REGIONS if digits.startswith("0") else _REGIONS_WITHOUT_ZERO
    return _SHORTEST <= len(digits) <= _LONGEST and (_is_valid(digits, regions) or is_number_abroad(digits))


def is_number_abroad(digits: str) -> bool:
    """Say whether bare ``digits`` are a valid number with its country code, but without its plus."""
    import phonenumbers  # large, and few texts need it

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse("+" + digits, None)))
    except phonenumbers.NumberParseException:
        return False


def spoken_numbers(view: View, numbers: Iterable[Said]) -> Iterator[Phone]:
    """Yield the telephone numbers among ``numbers`` that are said in ``view``."""
    for start, end, digits, said in numbers:
        shortest = _SHORTEST - bool(_LINE.search(view.text[max(0, start - 60) : start]))
        if said >= _FEWEST_WORDS and shortest <= len(digits) <= _LONGEST and digits not in _COUNTING:
            before, after = view.text[max(0, start - 60) : start], view.text[end : end + 2]
            coded = (after[:1] == "-" and after[1:].isalnum()) or _is_of_a_thing(before)
            if not coded and (not _COUNTED_BEFORE.search(before) or _names_phone(before)):
                yield Phone(*view.span(start, end), digits, sure=True)


# "Part nos, as I read them: …", "Serial: eight, delta, …": whatever is listed behind it.
_LISTED = pattern(r"\b(?:s/n|serial|sku|tracking|plate|(?:part|lot|batch|model|item) (?:nos?|numbers?|nrs?))\b")


def _is_of_a_thing(before: str) -> bool:
    return bool(_LISTED.search(before)) and not _LINE.search(before)


# Behind the name of a place the number of a landline may have six digits.
_LINE = pattern(r"\b(?:landline|telephone|phone|ring|call|dial)\b")
# Digits in the order in which one counts: samples and keypads.
_COUNTING = "01234567890123456789 98765432109876543210"
_FEWEST_WORDS = 3


def _end_of(text: str, end: int) -> int:
    """Return ``end`` without the first letter of a following word ("0388 or") that was read as a digit."""
    if text[end : end + 1].isalpha() or not text[end - 2 : end - 1].isalnum():
        while not text[end - 1].isdigit():
            end -= 1
    return end


def _as_digits(written: str) -> str:
    return written.replace("o", "0").replace("l", "1").replace("i", "1")


def _digits(written: str) -> str:
    return "".join(filter(str.isdigit, _as_digits(written)))


_IN_CODES = ("_", "#", "@", "=", "-", "/")


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether the digits are no part of a longer code ("WA-7000123", "800-555-0134-b")."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isalnum() or before[-1:] in {"_", "#", "@", "="} or after[:1].isalnum() or after[:1] in {"_", "%"}:
        return False
    joined_before = before[:1].isalnum() and before[1:] in {"-", "/"}
    return not joined_before and not (after[:1] in {"-", "/"} and after[1:].isalnum())


def _is_glued(text: str, start: int, end: int) -> bool:
    """Say whether a number is written as numbers are, and only touches the next word ("+44 20 7946 0958Hello")."""
    written = text[start:end].strip(" .,:-")
    if written.startswith("+"):
        return not text[end : end + 1].isdigit()
    alone = not (text[start - 1 : start].isalnum() or text[start - 1 : start] in _IN_CODES)
    return alone and is_before_word(text, end) and bool(_GROUPED.search(written))


def _is_dialled(folded: View, start: int, end: int, regions: tuple[str, ...]) -> bool | None:
    """Return whether a number is surely dialled, may be, or (None) is not."""
    text = folded.text
    written = text[start:end].strip(" .,:-")
    before = text[max(0, start - 60) : start]
    if _NEVER_DIALLED.search(written) or _digits(written) in _COUNTING or _is_of_a_thing(before):
        return None
    before, after = _NOT_CALLING.sub(" ", before), text[end : end + 30]
    named = _names_phone(before) or _is_meant_for_dialling(text, start, end, written)
    if not named and (_COUNTED_BEFORE.search(before) or _THING_NUMBER.search(before)):
        return False if written.startswith("+") and _is_valid(written, ()) else None  # nothing else is counted so
    called = bool(_DIALLED_BEFORE.search(before) or _DIALLED_AFTER.search(_NOT_CALLING.sub(" ", after)))
    disguised = _is_disguised(folded, start, end)
    if _RARELY_DIALLED.search(written) and not (called and named) and not disguised:
        return None
    if called or disguised or (written.startswith("+") and _is_valid(written, ())):
        return True
    if before.endswith("the ") and _THING_AFTER.search(text[end : end + 30]):
        return None
    return False if _looks_dialled(written, regions) or _stands_bare(text, start, end) else None


# A number that is called something else and dialled all the same: "my 'order number' is 07700 … on the telephone".
_DIALLED_LATER = pattern(r"\b(?:telephone|dial|ring (?:me|us)|call (?:me|us)|get me|pick up|voicemail)\b")
_FREE_CALL = pattern(r"^1[ .-]8(?:00|33|44|55|66|77|88)[ .-]\d{3}[ .-]\d{4}$")
_ADDRESSED = pattern(r"\b(?:to|on|at) $")


def _is_meant_for_dialling(text: str, start: int, end: int, written: str) -> bool:
    if _FREE_CALL.search(written):
        return bool(_ADDRESSED.search(text[max(0, start - 4) : start]))
    return bool(_GROUPED.search(written)) and bool(_DIALLED_LATER.search(text[end : end + 60]))


# "The 0161-496-0233 brush set or the 0161-496-0234": what is called so is a thing.
_THING_AFTER = pattern(
    r"^(?: [a-z]+ (?:sets?|kits?|parts?|belts?|filters?|brush\w*|ones?|version|model|type)\b|\?| or the )"
)
_FEWEST_DISGUISED = 7
_BARE_LENGTH = 10  # American and Indian numbers as they are typed without a sign between the digits
# Words of numbers that nobody dials, wherever they stand in a short text.
_NUMBERED = pattern(
    r"\b(?:order|account|acct|claim|booking|policy|card|ssn|id|invoice|confirmation|tracking|reference|ticket|serial|model|"
    r"security|imei|sku|pin|cancel\w*|purchase|item|isbn|no|nr|spedizione|ordine|pedido|guia|sendung\w*|bestell\w*|commande|suivi|serie)\b"
)
_LONGEST_BARE_TEXT = 160
_INDIAN_MOBILE = "6789"  # first digits; whole ranges open faster than libraries learn of them


def _is_disguised(folded: View, start: int, end: int) -> bool:
    """Say whether the digits are written as nobody writes a number that is to be read: apart, as signs, as letters."""
    text = folded.text[start:end]
    digits = _digits(text)
    written = folded.original[folded.starts[start] : folded.starts[end - 1] + 1]
    odd = sum(_is_odd_digit(character) for character in written)
    letters = sum(character in "oli" for character in text)
    between = [character for character in text if not character.isalnum()]
    apart = not _PAIR.search(text) and (
        len(set(between)) == 1 or (len(digits) >= _FEWEST_APART and _SINGLE_GAPS.issuperset(between))
    )
    swapped = letters > 0 and (
        bool(_GROUPED.search(_as_digits(text)))
        or (odd > 0 and len(digits) in _DOMESTIC_LENGTHS)
        or (letters >= _FEWEST_SWAPPED and len(digits) in _FULL_LENGTHS and "," not in text)
    )
    return odd >= _FEWEST_DISGUISED or swapped or apart


_PAIR = pattern(r"\d\d")
_FEWEST_SWAPPED = 2  # letters for digits in one number
_FULL_LENGTHS = range(10, 14)
_SINGLE_GAPS = frozenset(" ,|-_")
_FEWEST_APART = 9  # digits that stand alone, with whatever between them; fewer are also sizes


def _is_odd_digit(character: str) -> bool:
    """Say whether this is a key cap, or a digit in a circle, of full width or of mathematics."""
    return (
        character in "\u20e3\u24ea\u25cb\u3007\u25ef"
        or "\uff10" <= character <= "\uff19"
        or "\u2460" <= character <= "\u2473"
        or "\u24f5" <= character <= "\u24ff"
        or "\u2776" <= character <= "\u2793"
        or "\U0001d7ce" <= character <= "\U0001d7ff"
    )


def _stands_bare(text: str, start: int, end: int) -> bool:
    """Say whether a short text holds little beside a number that is valid as it stands."""
    written = text[start:end]
    if not written.isdigit() or len(written) != _BARE_LENGTH or len(text) > _LONGEST_BARE_TEXT:
        alone = not any(character.isalnum() for character in text[:start] + text[end:])
        return alone and not written.isdigit() and _is_valid(written, _REGIONS)
    if _NUMBERED.search(text):
        return False
    return (written[0] in _INDIAN_MOBILE and len(text) > len(written)) or _is_valid(written, ("US", "IN"))


def _looks_dialled(written: str, regions: tuple[str, ...]) -> bool:
    """Say whether digits nobody asked to dial are at least grouped as numbers in ``regions`` are."""
    if not _GROUPED.search(written):
        return False
    digits = _digits(written)
    return written[0] != "0" or len(digits) in _DOMESTIC_LENGTHS or _is_valid(digits, regions)


_PHONE_NUMBER = pattern(
    r"\b(?:phone|telephone|mobile|cell|tel|ph|whats ?app|contact|call|text|ring|my|our)\b[^0-9.\n]{0,25}$"
)
_THING_NUMBER = pattern(
    r"\b(?:order|tracking|part|model|serial|invoice|account|policy|reference|item|purchase|claim|card|ssn|booking|confirmation|"
    r"passport|isbn|upc|ean|sku|asin|imei|lot|batch|licen[cs]e|member(?:ship)?)\b[^0-9.\n]{0,25}$"
)


def _names_phone(before: str) -> bool:
    return bool(_PHONE_NUMBER.search(before)) and not _THING_NUMBER.search(before)


def _is_valid(written: str, regions: tuple[str, ...]) -> bool:
    import phonenumbers  # large, and few texts need it

    for region in regions or (None,):
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) or (not regions and phonenumbers.is_possible_number(number)):
            return True
    return False
