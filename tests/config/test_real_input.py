"""From files to delivered messages through import, server and pages: with our own small data, and with the real sets."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "real_input.py"
SHARED = Path(os.environ.get("COMITY_DATA_SHARED", Path(__file__).parents[3] / "shared" / "data"))
ADDRESS = {"address1": "1 Mill Lane", "address2": "", "city": "Wells", "state": "ME", "zip": "04090", "country": "USA"}
BUYERS = ["Where is my parcel?", "Order {number} has not come.", "Write to bea@example.com please", "Does the lid fit?"]
SELLERS = ["It left this morning.", "Call us on 0151 23456789", "Yes, the lid fits.", "Sorry, we will mend that."]


def run(folder, messages):
    """The script's last line, and its exit code."""
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(("COMITY_", "DJANGO_"))}
    command = [sys.executable, SCRIPT, folder, "--messages", str(messages), "--threads", "2"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=550)
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.returncode


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def own_sets(tmp_path):
    """The same four folders with a few rows of our own."""
    names = [("Ann", "Dee"), ("Bo", "Eck"), ("Cy", "Fox")]
    users = [
        {"user_id": f"u{n}", "name": {"first_name": a, "last_name": b}, "email": f"u{n}@example.com"}
        for n, (a, b) in enumerate(names)
    ]
    orders = [
        order(n, f"u{n % 3}", status) for n, status in enumerate(["pending", "processed", "delivered", "cancelled"])
    ]
    variants = {"11": {"price": 9.5, "available": True}, "12": {"price": 12, "available": False}}
    write(tmp_path / "retail-env/users.jsonl", users)
    write(tmp_path / "retail-env/orders.jsonl", orders)
    write(tmp_path / "retail-env/products.jsonl", [{"product_id": "1", "name": "Oil lamp", "variants": variants}])
    buyers = [{"text": text} for text in BUYERS]
    for name in ("fp_clean", "fp_order_number", "fp_asks_contact", "profane"):
        write(tmp_path / f"bitext-intents/{name}.jsonl", buyers)
    write(tmp_path / "amazon-product-qa/fp_buyer_questions.jsonl", buyers)
    write(tmp_path / "amazon-product-qa/fp_seller_answers.jsonl", [{"text": text} for text in SELLERS])
    write(tmp_path / "corpus/own.jsonl", [{"text": text, "role": "seller"} for text in SELLERS])
    return tmp_path


def order(number, user, status):
    items = [{"name": "Oil lamp", "product_id": "1", "item_id": "11", "price": 9.5}] * 2
    sent = [{"tracking_id": [f"4903131166{number:02}"], "item_ids": ["11", "11"]}]
    return {
        "order_id": f"#W{number}",
        "user_id": user,
        "address": ADDRESS,
        "items": items,
        "status": status,
        "fulfillments": [] if status == "pending" else sent,
    }


@pytest.mark.full
def test_every_message_of_our_own_small_sets_ends_delivered_held_or_blocked(own_sets):
    facts, code = run(own_sets, 16)
    assert (code, facts["good"], facts["record"]["intact"]) == (0, True, True), facts["messages"]
    assert [facts["imported"][kind]["applied"] for kind in ("buyers", "products", "orders", "shipments")] == [
        3,
        1,
        4,
        1,
    ]
    assert facts["messages"]["states"] == {"delivered": 11, "blocked": 3}


def test_without_the_sets_it_says_so_and_does_nothing(tmp_path):
    facts, code = run(tmp_path, 16)
    missing = "retail-env, bitext-intents, amazon-product-qa, corpus"
    assert (facts["skipped"], code) == (f"no data set {missing} in {tmp_path}", 0)


@pytest.mark.full
def test_real_messages_end_delivered_held_or_blocked():
    if not (SHARED / "retail-env").is_dir():
        pytest.skip(f"the data sets for development are not at {SHARED}; set COMITY_DATA_SHARED")
    facts, code = run(SHARED, 60)
    assert (code, facts["good"], facts["messages"]["sent"]) == (0, True, 60)
    assert [facts["imported"][kind]["applied"] for kind in ("buyers", "products", "orders")] == [250, 50, 496]
    assert [facts["imported"][kind]["refused"] for kind in facts["imported"]] == [0] * 7
