"""Sentences and clauses of a folded text, and whether a clause refuses what it mentions."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from comity_policy.text.patterns import Pattern, encode, pattern

# What ends a sentence in a folded text, and what may stand between that and the blank that follows.
_ENDS, _CLOSING = ".!?", ("", '"', "'", ")", "]")
_CUT = "\0"  # is not seen, so it stands in no folded text
_CUTS = tuple((f"{end}{closing} ", f"{end}{closing} {_CUT}") for closing in _CLOSING for end in _ENDS)
# A full stop behind one of these ends no sentence.
_ABBREVIATIONS = "no nr mr mrs ms dr st approx incl ref tel art vs e.g i.e z.b sr sra pcs cm mm"
_SHORTENED = tuple(f"{one}." for one in _ABBREVIATIONS.split())
_ABBREVIATED = pattern(rf"\b(?:{_ABBREVIATIONS.replace('.', '[.]').replace(' ', '|')})[.]$")
_LONGEST_ABBREVIATION = 8
# Everything but ASCII letters, digits and "_" parts words.
_PARTED = bytes(code if code in b"_" or (code < ord("{") and chr(code).isalnum()) else ord(" ") for code in range(256))
# What begins a line that greets.
_GREETING = pattern(
    r"^\W*(?:hi|hello|hey|hiya|dear|good (?:day|morning|afternoon|evening)|hola|buen[oa]s|estimad\w+|querid\w+|bonjour|"
    r"bonsoir|salut|cher|chere|madame|monsieur|hallo|moin|guten|liebe[rs]?|sehr geehrte\w*|ciao|salve|buon\w*|gentile|"
    r"gentilissim\w+|car[aio]|ola|oi|bom|boa|prezad\w+)\b"
)
# Three words or more that are tied by "_", in no address and no name of an account.
_TIES = 2
_TIED = pattern(r"(?:^|[^a-z0-9_@#/.:\\-])(?P<words>[a-z0-9']+(?:_[a-z0-9']+){2,})(?:$|[^a-z0-9_@/\\-])")
_LITTLE = pattern(
    r"(?:^|_)(?:an?|the|me|us|my|your?|i|we|to|by|on|at|in|for|with|via|it|is|if|or|from|of|"
    r"una?|mi|tu|su|nos|por|con|en|de|para|si|o|y|les?|la|el|los|une|mon|votre|vous|moi|nous|par|avec|dans|pour|sur|et|"
    r"ou|eine?|mir|uns|sie|ihre?|mit|per|auf|im|fur|von|und|oder|wenn|il|mio|suo|ci|da|di|e|uma?|meu|seu|sua|no|na)(?:_|$)"
)
# Characters around a word in which a refusal of it is looked for; keeps the cost of a long sentence linear.
_REACH = 240
# Characters of what is told that a border before it may take in.
_BORDER = 20

# What "don't hesitate" and "no problem" say in six languages; they urge, and refuse nothing.
_IDIOM = pattern(
    r"\b(?:(?:don'?t|do not|never|no need to) (?:you )?(?:hesitate|wait|mind|doubt|be (?:shy|afraid|scared)|worry|"
    r"forget|delay|think twice)|"
    r"without (?:any )?(?:hesitation|delay)|no (?:doubt|hesitation|problem|worries)|not (?:a|an|any) (?:problem|"
    r"issue|trouble|bother)|"
    r"n'? ?(?:hesit\w+|attend\w+|oubli\w+|ayez|ayons) (?:surtout |donc )?(?:pas|plus|aucune hesitation)(?: peur)?|"
    r"ne (?:tard\w+|(?:vous |t')?(?:gen\w+|inquiet\w+|priv\w+)|dout\w+) (?:surtout |donc )?pas|pas (?:de|"
    r"d'hesitation|un) (?:souci|probleme)s?|"
    r"(?:zoger\w*|wart\w*|scheu\w*|furcht\w*|vergess\w*|vergiss\w*|zweif\w*) (?:sie |du |ihr )?(?:sich |dich |"
    r"euch )?(?:bitte |also |lange |langer )*nicht|"
    r"kein(?:e|en)? (?:problem|sorge|scheu|zweifel)|"
    r"no (?:(?:lo|la|se|te|os|le) )?(?:dud\w+|vacil\w+|esper(?:e|es|en|ad)|tard(?:e|es|en)|demor(?:e|es|en)|"
    r"preocup\w+|olvid\w+|piens\w+ mas|dej(?:e|es|en) de)|"
    r"no (?:hay|es(?: un)?) problema|sin (?:duda|dudar\w*)|"
    r"non (?:(?:ci|si|ti|vi|te|se) )?(?:esit\w+|dubit\w+|aspett(?:i|a|ate|are)|preoccup\w+|dimentic\w+|tard(?:i|a|"
    r"ate|are)|manch(?:i|ate)|pens\w+ troppo)|"
    r"non (?:c'e|e un) problema|"
    r"nao (?:(?:se|te) )?(?:hesit\w+|duvid\w+|esper(?:e|es|em)|tard(?:e|es|em)|demor(?:e|es|em)|preocup\w+|"
    r"esquec\w+|deix(?:e|es|em) de)|"
    r"nao (?:ha|tem|e) problema|nao perca tempo|non perda tempo|no pierda tiempo|ne perdez pas de temps|"
    r"sem (?:duvida|hesitar))\b"
)
# Portuguese "no" is "in the" behind a verb that tells where to write or pay.
_IN_THE = pattern(
    r"\b(?:(?:escrev|cham|mand|adicion|procur|sig|fal|encontr|contat|ach|envi|convers|busqu|entr|compr|deposit|"
    r"cliqu)(?:a|e|em|am|ar|ei)(?:-(?:me|nos))?|"
    r"pague|pagar|paguem|pesquise) (?:(?:me|nos|comigo|conosco|direto|tambem|la|agora) )*no\b"
)

# "I can't, as you ask, send it": a comma alone keeps the refusal; one before a new request ends it.
_NEW = (
    r"(?:so |then |and )?(?:just|please|pls|rather|better|send|pay|order|write|contact|message|use|give|text|call|"
    r"add|leave|tell|let|let'?s|buy|come|meet|take|i'?ll|we'?ll|i will|we will|we can|i can|you can|i'?d|we'?d|half|"
    r"we (?:talk|deal|do|make|sell|settle|meet))\s"
)
# The same in other languages: the verb of a request, and what an offer begins with.
_NEW_ELSEWHERE = (
    r"(?:por favor|mejor|simplemente|solo|asi que|entonces) |(?:escrib|mand|envi|pagu|pag|compr|pid|pong|dej|cambi|"
    r"retir|elimin|busqu|llam|veng|pas)(?:a|e|an|en|enos|eme|anos|ame|elo|ela|alo|ala)\b|"
    r"(?:le|te|os) (?:doy|damos|devuelv|regal|envi|mand|descont)|"
    r"(?:svp|s'il vous plait|merci de|veuillez|alors|donc) |(?:ecriv|envoy|pay|achet|command|pass|laiss|mett|retir|"
    r"chang|modifi|supprim|ven|donn|appel|contact)(?:ez|ons)\b|(?:je|nous|on) vous (?:offr|rembours|envo|donn|f[ae])|"
    r"(?:bitte|lieber|einfach|also) |(?:schreib|schick|send|zahl|uberweis|bestell|kauf|komm|geb|losch|ander|nehm|meld|"
    r"such)\w* (?:sie|uns|mir|doch|einfach)\b|(?:per favore|piuttosto|semplicemente|quindi|allora) |"
    r"(?:scriv|mand|pagh|pag|compr|ordin|pass|veng|lasc|mett|cambi|modific|cancell|tolg|ritir|chiam|cerc)"
    r"(?:a|i|ia|ami|aci|imi|ici|ate|ete)\b|(?:le|ti|vi) (?:rimbors|regal|diamo|mand|offr|facc)|"
    r"(?:entao|apenas) |(?:escrev|mand|envi|pagu|pag|compr|pec|deix|mud|alter|retir|apagu|venh|pass|procur)"
    r"(?:a|e|am|em|a-me|e-me|a-nos|e-nos)\b|(?:a gente|nos|eu) (?:te |lhe )?(?:da|damos|dou|devolv|envi|mand|pag)"
)
_DO = (
    r"(?:so |then |and )?(?:please |just )?(?:send|pay|add|message|text|call|leave|tell|write|give|transfer|wire|"
    r"confirm|show) "
    r"(?:me|us|a|an|your|it|the money)\s"
)
_CLAUSE = pattern(
    r"[;:(]| - |--|\b(?:but|however|instead|otherwise|pero|mais|aber|sondern|ma|mas)\b"
    rf"|,\s*(?:(?:y|e|et|und|o|ou|oder) )?(?:{_NEW}|{_NEW_ELSEWHERE})"
)
# A request that begins after a comma: what was said before it excuses nothing.
_REQUEST = pattern(rf"(?:,|\b(?:all|it|that|this|simple|easy|clear|way)\s*:)\s*{_DO}")
_REFUSAL = pattern(
    r"\b(?:not|never|cannot|can'?t|don'?t|won'?t|isn'?t|aren'?t|wasn'?t|weren'?t|didn'?t|doesn'?t|mustn'?t|"
    r"shouldn'?t|"
    r"wouldn'?t|needn'?t|couldn'?t|haven'?t|hasn'?t|no|nobody|none|neither|nor|unable|refuse|rather not|forbid\w*|"
    r"prohibit\w*|beware|scam\w*|phish\w*|nicht|kein\w*|nie|weder|ne|pas|jamais|no puedo|nunca|non|mai|nao)\b"
)
# Words of refusal that refuse nothing, or only the marketplace: "and not here", "no need for the site".
_NO_REFUSAL = pattern(
    r"\b(?:not (?:here|on here|just|only|by|via|through|on the|over the|the site|on this)|no (?:need|more|fees?|"
    r"problem|rush|stress|worries|extra|matter|doubt|cost|charge|longer)|can'?t be bothered|"
    r"why (?:not|don'?t)|never mind|"
    r"(?:don'?t|dont|do not|needn'?t) (?:pay|buy|order|press|use|need|want|list|see|know)\b[^,]{0,30}?"
    r"\b(?:here|site|checkout|platform|button|fees?|cart|them|again|it))\b"
)
_REFUSED_AFTER = pattern(
    r"^[^.;]{0,40}?\b(?:isn'?t|aren'?t|not (?:allowed|possible|permitted|offered|accepted|needed)|"
    r"(?:is|are|was|be) (?:forbidden|prohibited|against)|against the (?:rules|policy)|is a scam)\b"
    r"|^[^.,:;]{0,40}?\b(?:is|are|was|be)\s+(?:not|never|no longer)\b"
    # The verb and its refusal come last: "PayPal bieten wir nicht an", "por PayPal no lo aceptamos".
    r"|^[^.,:;]{0,30}?\b(?:(?:biete|nehme|akzeptiere|mache|nutze|verwende|unterstutze|wollen|kann|konne|"
    r"durfe)n? (?:wir|ich) (?:\w+ ){0,2}?(?:nicht|keine\w*)|"
    r"(?:ist|sind|wird|werden|geht) (?:\w+ ){0,2}?(?:nicht|verboten|untersagt)|"
    r"no (?:(?:lo|la|los|las|se|le) )?(?:acept\w+|ofrec\w+|admit\w+|permit\w+|usamos|hacemos|es posible|"
    r"esta permitid\w+|esta disponible)|"
    r"(?:n'|ne )(?:(?:le |la |les |l'))?(?:est|sont|accept\w+|propos\w+|offr\w+|pren\w+|fais\w+|utilis\w+) (?:pas|"
    r"plus)|"
    r"non (?:(?:lo|la|li|le|si) )?(?:accett\w+|offr\w+|facciamo|usiamo|e (?:possibile|consentit\w|permess\w|"
    r"ammess\w))|"
    r"nao (?:(?:o|a|os|as|se) )?(?:aceit\w+|oferec\w+|fazemos|usamos|permit\w+|e (?:possivel|permitid\w)))\b"
)
# "Through the order, not by PayPal": the refusal stands right before what it refuses.
_INSTEAD_OF = pattern(r"(?:,| and| but) not (?:by|via|through|with|over)(?: (?:my|your|our|a|the))?\s*$")
# One of these stands in every sentence that refuses something or reports it; asked first, because most do neither.
_CUE = pattern(
    r"\b(?:not|never|cannot|no|nobody|none|neither|nor|unable|refuse|rather not|forbid\w*|prohibit\w*|beware|scam\w*|"
    r"phish\w*|against|nicht|kein\w*|nie|weder|verboten|untersagt|ne|pas|plus|jamais|nunca|non|mai|nao|"
    r"(?:ca|do|wo|is|are|was|were|did|does|must|should|would|need|could|have|has)n'?t|n'(?:est|accept|prop|offr|pren|"
    r"fais|utilis)\w*|messages?|note|text|said|wrote|told|say|offer|got|had|received|asking|someone|somebody|another|"
    r"question)\b"
)
# What the other side wrote, and what is answered to it.
_REPORTED = pattern(
    r"\b(?:your (?:message|note|text) (?:has|says|said)|you (?:said|wrote|told me|say)\b|"
    r"for (?:the|your) (?:kind )?offer|"
    r"(?:i|we) (?:got|had|received) (?:a|an|your|this|the) (?:\w+ )?(?:message|sms|text|"
    r"card|e-?mail|question|note|letter)|asking me|told (?:me|us)|someone|somebody|another seller|to your question)\b"
)


class Sentence(NamedTuple):
    """Where a sentence stands in a text, the sentence in UTF-8, and its words: runs of ASCII letters, digits, "_"."""

    start: int
    end: int
    raw: bytes
    words: list[bytes]


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a folded ``text``, in order, without gaps between them."""
    found, start, end = [], 0, 0
    for piece in _pieces(text):
        end += len(piece)
        shortened = piece.endswith(". ") and _is_short(text[max(start, end - _LONGEST_ABBREVIATION) : end])
        if start < end and not shortened:
            raw = encode(text[start:end])
            found.append(Sentence(start, end, raw, words(raw)))
            start = end
    return found


def unwrapped(text: str) -> str:
    """Return ``text``, of the same length, with a blank for every line break that only wraps a line.

    Such a break stands between words, or behind a comma that ends no greeting; one behind another sign, or before a
    sign or a number of a list, ends a line.
    """
    if "\n" not in text:
        return text
    lines = text.split("\n")
    pieces = [lines[0]]
    for before, line in pairwise(lines):
        pieces += [" " if _goes_on(before) and _is_more(line) else "\n", line]
    return "".join(pieces)


def _goes_on(line: str) -> bool:
    last = line.rstrip()[-1:]
    return last.isalnum() or (last == "," and _GREETING.search(line) is None)


def _is_more(line: str) -> bool:
    """Say whether ``line`` begins with a word and not with the sign or number of a list."""
    begins = line.lstrip()[:2]
    return begins[:1].isalnum() and not (begins[:1].isdigit() and begins[1:] in {".", ")"})


def untied(text: str) -> str:
    """Return ``text``, of the same length, with blanks for the "_" of "pay_me_by_paypal".

    Words that are tied so are a sentence when one of them is a little word; others are a name: "ann_bakes_cakes".
    """
    if text.count("_") < _TIES:
        return text
    pieces, done = [], 0
    for match in _TIED.finditer(text):
        start, end = match.span("words")
        if _LITTLE.search(tied := text[start:end]):
            pieces += [text[done:start], tied.replace("_", " ")]
            done = end
    return "".join([*pieces, text[done:]])


def words(raw: bytes) -> list[bytes]:
    """Return the words of a text in UTF-8."""
    return raw.translate(_PARTED).split()


def _pieces(text: str) -> list[str]:
    """Return ``text`` cut behind every blank that follows the end of a sentence, and behind lines.

    Behind the last cut comes an empty piece, so that no text breaks off behind an abbreviation.
    """
    for blank in "\t\r\f":
        text = text.replace(blank, " ")
    for end, cut in _CUTS:
        if end in text:
            text = text.replace(end, cut)
    return [*text.replace("\n", "\n" + _CUT).split(_CUT), ""]


def _is_short(end: str) -> bool:
    """Say whether a sentence only seems to ``end``, with an abbreviation."""
    last = end.rstrip()
    return last.endswith(_SHORTENED) and _ABBREVIATED.search(last) is not None


def is_refused(sentence: str, start: int, end: int) -> bool:
    """Say whether ``sentence`` speaks against what stands at ``start``..``end`` of it, or only reports it."""
    if _CUE.search(sentence[max(0, start - _REACH) : end + _REACH]) is None:
        return False
    before = _IN_THE.sub(" ", without_idioms(sentence[max(0, start - _REACH) : start]))
    return bool(
        _INSTEAD_OF.search(before)
        or _REFUSAL.search(_NO_REFUSAL.sub(" ", _last(_CLAUSE, before, sentence[start:end])))
        or _REFUSED_AFTER.search(without_idioms(sentence[end : end + _REACH]))
        or _REPORTED.search(_last(_REQUEST, before))
    )


def request_starts(sentence: str) -> list[int]:
    """Return where requests begin, in order: at 0, and behind every ", send me"."""
    if "," not in sentence and ":" not in sentence:
        return [0]
    return [0, *(mark.start() + 1 for mark in _REQUEST.finditer(sentence))]


def without_idioms(text: str) -> str:
    """Return ``text`` without "don't hesitate" and its like, which refuse nothing."""
    return _IDIOM.sub(" ", text)


def _last(border: Pattern, before: str, told: str = "") -> str:
    """Return what stands in ``before`` behind the last border; ``told`` follows it, and may be part of a border."""
    begin = 0
    for mark in border.finditer(before + told[:_BORDER]):
        if mark.start() < len(before):
            begin = mark.end()
    return before[begin:]
