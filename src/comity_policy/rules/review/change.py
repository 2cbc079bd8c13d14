"""review.change: asking to change or remove a review (sellers)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._seller_feedback import may_be_taken_back
from comity_policy.rules._words import ASKED, BAD, CHANGE, KIND_OF_REVIEW, LOW_STARS, NEAR, REVIEW, STAR, YOUR, any_of

_REVIEW = any_of(
    REVIEW, LOW_STARS, r"\bstars\b", r"comments?|comentarios?|commentaires?|comment[oi]|kritik|critique|critica|note\b"
)
_CHANGED = any_of(
    r"changed|updated|edited|revised|amended|modified|corrected|adjusted|removed|deleted|withdr[ae]wn?|withdrew|taken? down|"
    r"took down|retracted|raised|improved|upgraded|rewrote|rewritten|reconsidered|erased|lifted|replaced|gone|down",
    r"(?:cambi|modific|actualiz|edit|retir|elimin|borr|quit|corregi)(?:ad[ao]s?|do|da)",
    r"(?:modifi|chang|retir|supprim|effac|enlev|corrig)e(?:e|s|es)?",
    r"geandert|geloscht|entfernt|angepasst|korrigiert|zuruckgezogen|verschwunden|weg",
    r"(?:cambi|modific|aggiorn|elimin|cancell|ritir)at[ao]|rimoss[ao]|tolt[ao]|sparit[ao]",
    r"(?:mud|alter|modific|atualiz|retir|apag|elimin|edit)ad[ao]|removid[ao]|excluid[ao]",
)
_ONCE = r"(?:if|once|when|after|as soon as|the moment|until|unless|provided|see|have|get|cuando|si|una vez que?|en cuanto|hasta que|quand|une fois(?: que)?|des que|lorsque|wenn|sobald|falls|nachdem|quando|se|appena|una volta|assim que|depois que|depois de)"
_REMOVAL = any_of(
    r"(?:removal|withdrawal|deletion|revision|correction|amendment|retraction) of",
    r"(?:eliminacion|modificacion|retirada|retiro|correccion) de",
    r"(?:suppression|modification|retrait|correction) de",
    r"(?:loschung|anderung|anpassung|entfernung|rucknahme)",
    r"(?:rimozione|cancellazione|modifica|correzione) del(?:la)?",
    r"(?:remocao|eliminacao|alteracao|exclusao|retirada) d[ao]",
)
# "It" after a review was named: "Please take it down."
_TAKE_IT = any_of(
    r"(?:tak(?:e|ing) (?:it|that|this|them|those) (?:back )?(?:down|off|away|back)|(?:delet|remov|edit|updat|revis|withdraw|amend|correct|chang|retract|rais)(?:e|ing)? (?:it|them|that one))",
    r"(?:la |lo )(?:modifi(?:que|ca)|retir[ea]|elimin[ea]|cambi[ea]|borr[ea]|actuali[cz][ea]|quit[ea])\b|(?:modificar|retirar|eliminar|cambiar|borrar|actualizar|quitar|cancellar|aggiornar|modificar|rimuover|toglier|eliminar|cambiar|corregger)l[ao]",
    r"(?:le |la |l')(?:supprimer|retirer|modifier|changer|corriger|enlever|effacer)",
    r"(?:sie|diese|es) (?:bitte )?(?:wieder |noch |dann |doch |nochmal )*(?:zu )?(?:andern|loschen|entfernen|anpassen|anzupassen|zuruckziehen|zuruckzuziehen|abandern|korrigieren)",
    r"(?:apag|alter|remov|retir|elimin|mud|edit|atualiz)[ae]r?-[nl]?a",
)
_ANSWER = ASKED + (
    r"|\b(?:no need to|needn'?t|(?:don'?t|do not) (?:need|have) to|not asking|won'?t ask|never ask|whether or not|how (?:to|do i|you can)|"
    r"any ?time|whenever you|if you (?:ever|should)? ?(?:want|wish|like|prefer)|thank(?:s| you)(?: so much| very much)? for (?:\w+ing)|"
    r"in any case|either way|marketplace (?:has|have|had|can|may|will)|support (?:has|have|had)|helped us|haptic|feedback (?:resistor|loop|settings?|form|button)|"
    r"no hace falta|no es necesario|pas besoin|inutile de|nicht notig|mussen nicht|non serve|non occorre|non e necessario|nao (?:e preciso|precisa))\b"
)
_PHRASES = (
    Phrase(
        rf"\b{CHANGE} (?:please |kindly |bitte |bien |por favor )?(?:{YOUR} ?){{1,2}}(?:{KIND_OF_REVIEW} ){{0,3}}(?:\"[^\"]{{2,40}}\" )?{_REVIEW}\b(?: {BAD}\b)?",
        unless=_ANSWER,
    ),
    Phrase(
        rf"\b(?:take|taking|took|let|make|have|get|see) {YOUR} (?:{KIND_OF_REVIEW} ){{0,3}}{_REVIEW} (?:back )?(?:down|off|away|offline|disappear|vanish|gone|removed|deleted|changed|withdrawn)\b",
        unless=_ANSWER,
    ),
    # German puts the verb last.
    Phrase(
        rf"\b(?:ihre|deine|eure|die|diese)[nrs]? (?:{KIND_OF_REVIEW} ){{0,2}}{_REVIEW} {NEAR}{{0,40}}?\b{CHANGE}\b",
        unless=_ANSWER,
    ),
    Phrase(
        rf"\b{_ONCE} (?:you(?:'ve|'d)?|u|usted|vous|sie|lei|voce)?(?: have| had| could| could have| habe[nr]?| avez| a| ha| hat| tiver)? ?{_CHANGED} (?:{YOUR} )(?:{KIND_OF_REVIEW} ){{0,3}}{_REVIEW}\b",
        unless=_ANSWER,
    ),
    Phrase(
        rf"\b{_ONCE} {NEAR}{{0,20}}?\b{_REVIEW} {NEAR}{{0,12}}?\b(?:{_CHANGED}|disappears?|goes away|comes down|verschwind\w+|desapare\w+|sparisce)\b",
        unless=_ANSWER,
    ),
    Phrase(
        rf"\b[123] ?\*+ ?(?:in)?to (?:an? )?[45] ?\*+|\b(?:bring|get|move|push) it (?:up )?to (?:4|5|four|five)\b[^;]{{0,12}}?{STAR}|\b(?:second|another|fresh|new) look at your {REVIEW}\b|\bsubir(?:la|las|lo)? a (?:5|cinco|4|cuatro)\b",
        unless=_ANSWER,
    ),
    Phrase(
        r"\b(?:would like|like|ask|asking|want|need|request|invite|urge) (?:you|u) to (?:please |kindly )?(?:increase|raise|change|update|lift|revise|edit|upgrade|improve) (?:it|that|this)\b",
        given=rf"\b{_REVIEW}\b",
        unless=_ANSWER,
    ),
    Phrase(
        rf"\b{CHANGE} (?:the |that |your )?(?:title|text|wording|photo|picture|words|part|line|stars?|headline)\b[^;]{{0,25}}?\b(?:of|in|from|on) (?:your|ur) {_REVIEW}\b|\bput (?:an? )?(?:5|five|4|four)(?: stars?)? (?:instead|there)\b",
        unless=_ANSWER,
    ),
    Phrase(
        rf"\b(?:take|taking) (?:your (?:words|remarks?|comments?|text)|what you wrote) (?:down|back|off)\b|\bnehm\w* (?:sie |du )?(?:bitte |doch |auch )*{YOUR} {_REVIEW} (?:wieder )?(?:runter|raus|weg|zuruck|herunter)\b|\b(?:apenas|cuando|en cuanto) (?:baje|bajes|quite|quites|borre|borres|desaparezca) (?:el|la|su|tu) {_REVIEW}\b",
        unless=_ANSWER,
    ),
    Phrase(
        rf"\b(?:exigimos|pedimos|solicitamos|rogamos|exigeons|demandons|chiediamo|esigiamo|preghiamo) (?:que |di |de |vous (?:demandons )?de )?(?P<hit>{CHANGE}\b[^;]{{0,20}}?\b{_REVIEW})\b",
        unless=_ANSWER,
    ),
    Phrase(rf"\b{_REMOVAL} {YOUR} ?(?:{KIND_OF_REVIEW} ){{0,2}}{_REVIEW}\b", unless=_ANSWER),
    Phrase(
        rf"\b(?:from|de|von|da|di) (?:an? |una? |eine[mr]? )?(?:[123]|one|two|three|une?|una|zwei|due|dos|duas)(?: ?(?:stars?|estrellas?|etoiles?|sternen?|stell[ea]|estrelas?))? {NEAR}{{0,6}}?\b(?:to|a|auf|up to|into) (?:an? )?(?:[45]|four|five|cuatro|cinco|quatre|cinq|vier|funf|quattro|cinque|quatro) ?(?:stars?|estrellas?|etoiles?|sternen?|stell[ea]|estrelas?)",
        unless=_ANSWER,
    ),
    Phrase(
        rf"\byou {NEAR}{{0,20}}?\b(?:change|make|raise|update|turn|lift|edit) (?:it|that|this)(?: in)?(?: up)?(?:to|a| )* (?:4|5|four|five)(?: ?stars?| ?\?|$)",
        form="unsure",
        unless=_ANSWER,
    ),
)
_ACROSS = (
    Phrase(
        rf"\b{_REVIEW}\b[^;]{{0,110}}?\b(?P<hit>{_TAKE_IT})\b",
        unless=_ANSWER
        + r"|\b(?:screw|sticker|film|cover|label|foil|we(?:'ll| will| can)? (?:change|remove|replace|update))\b",
        form="unsure",
        across=2,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield requests to change, raise, or take back what was written in a review."""
    sure = list(reading.phrases(_PHRASES))
    for span in sure or reading.phrases(_ACROSS):
        if not may_be_taken_back(reading, span):
            yield span


RULE = Rule(
    id="review.change",
    title="Asking to change or remove a review",
    since="2026.2",
    source=("S19", "S53", "S54"),
    why=(
        "A review belongs to the buyer who wrote it. Solve the problem and leave the review alone, also once "
        "everything is solved: a buyer who wants to change it knows how."
    ),
    reasons={
        "plain": "This asks the buyer to change or remove a review.",
        "unsure": "This may ask the buyer to change or remove a review.",
    },
    advice="Solve the problem and leave the review to the buyer.",
    gate=(*_PHRASES, *_ACROSS),
    find=find,
    flagged=(
        "The new lamp is with you now. Would you «change your 2-star review»?",
        "Kindly «remove the negative feedback».",
        "I send the other half «once the review is gone».",
        "Could it go «from 1 star to 5 stars»?",
        "¿Podría «modificar su reseña»?",
        "Merci de «supprimer votre avis négatif».",
        "Wir bitten Sie, «Ihre Bewertung zu ändern».",
        "Vi preghiamo di «aggiornare la vostra recensione».",
        "Poderia «apagar a sua avaliação»?",
        "We saw your review. Please «take it down».",
    ),
    accepted=(
        "There is no need to change your review, the refund is yours either way.",
        "We never ask anybody to change a review.",
        "You asked how to edit your review: open Your Orders.",
        "We changed the hinge after your review, thank you.",
        "Change the feedback resistor to 2.2k to lift the gain.",
        "No hace falta cambiar su reseña.",
    ),
    known_miss=("Yours is the only red mark we have. «I would be happier if it turned green.»",),
)
