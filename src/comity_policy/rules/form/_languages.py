"""In which of the six languages a text is written: by its commonest words, and only where they leave no doubt."""

from __future__ import annotations

from collections.abc import Sequence

from comity_policy.text.patterns import pattern

# The commonest words of each language as they look folded, none of which is common in another.
_COMMON = {
    "en": "the and you your with this that have has will was are not for from our we be please can would been when they",
    "de": "der die das und ist ich wir sie nicht mit ein eine auf den dem fur von haben wurde bitte auch noch ihre ihr kann sich wird",
    "es": "el los las una que por con para su esta pero como muy usted hemos tiene del al lo mas cuando nuestro puede ha si",
    "fr": "le les des est vous nous votre une pour pas dans avec sur qui je ne ce cette sont mais au aux bien notre avons",
    "it": "il che di non una per con sono gli della nel suo ho abbiamo questo anche piu alla dei ma ci le puo stato",
    "pt": "o os uma que nao para com seu sua esta mas como foi muito voce temos do da ao dos das em no na pelo mais ele",
}
_LANGUAGES: dict[str, frozenset[str]] = {}
_WORD = pattern(r"[a-z]+")
# Ours: below so many known words nothing is said; the first language has so many times the words of the second.
_LEAST, _TIMES = 6, 2


def _weights() -> dict[str, frozenset[str]]:
    if not _LANGUAGES:
        for language, words in _COMMON.items():
            others = {word for other, theirs in _COMMON.items() if other != language for word in theirs.split()}
            _LANGUAGES[language] = frozenset(words.split()) - others
    return _LANGUAGES


def language_of(folded: str) -> str:
    """Return the language of a folded text as two letters; nothing when it is not certain."""
    return _certain(_WORD.findall(folded))


def _certain(words: Sequence[str]) -> str:
    counted = sorted(
        ((sum(word in known for word in words), language) for language, known in _weights().items()), reverse=True
    )
    (first, language), (second, _) = counted[:2]
    return language if first >= _LEAST and first >= _TIMES * second else ""
