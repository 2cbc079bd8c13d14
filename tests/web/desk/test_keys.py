"""The table of shortcuts: no key twice in one place, every one reachable, switched off where somebody wants that."""

from pathlib import Path

import pytest

from comity.messaging.selectors.variables import VARIABLES
from comity.web.keys import KEYS
from tests.web.desk.fixtures import client, clock_at, desk, easy_rules, shop

__all__ = ["client", "clock_at", "desk", "easy_rules", "shop"]
ROOT = Path(__file__).parents[3]
EVERYWHERE = KEYS[0]


def html(response):
    return response.content.decode()


@pytest.mark.parametrize("group", KEYS, ids=[group.place for group in KEYS])
def test_a_key_does_one_thing_in_a_place(group):
    there = [key.keys for key in {*EVERYWHERE.keys, *group.keys}]
    assert len(there) == len(set(there))


def test_a_sequence_does_not_begin_with_a_key_that_acts():
    keys = [key.keys for group in KEYS for key in group.keys]
    assert not {one.split(" ")[0] for one in keys if " " in one} & {one for one in keys if " " not in one}


def test_only_characters_count_as_single_keys():
    single = {key.keys for group in KEYS for key in group.keys if key.single}
    assert {"?", "j", "g i"} <= single
    assert not {"Escape", "Ctrl+Enter", "/name"} & single


def test_the_overlay_carries_the_table_and_the_page_has_what_it_names(shop, desk, client):
    shown = html(client.get(shop.at(f"inbox/{desk.conversation.public_id}/")))

    for key in (key for group in KEYS for key in group.keys if key.does):
        assert f'data-keys="{key.keys}" data-does="{key.does}"' in shown
    for name in ("reply", "saved-reply", "note", "assign", "no-response", "go-inbox", "go-saved"):
        assert f'data-shortcut="{name}"' in shown


def test_single_keys_are_switched_off_and_on_and_the_choice_is_kept(shop, client):
    inbox = shop.at("inbox/")
    assert "data-single" in html(client.get(inbox))

    off = client.post("/keyboard/", {"single": "off", "next": inbox})
    assert off.url == inbox
    assert "data-single" not in html(client.get(inbox))
    assert "are <b>off</b>" in html(client.get("/keyboard/"))
    client.post("/keyboard/", {"single": "on"})
    assert "data-single" in html(client.get(inbox))


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_switch_leads_to_no_other_site(client, elsewhere):
    assert client.post("/keyboard/", {"single": "off", "next": elsewhere}).url == "/keyboard/"
    assert "evil" not in html(client.get("/keyboard/", {"next": elsewhere})).partition("<h1>")[0].partition("<main")[2]


def test_the_guides_list_every_key_and_every_variable():
    keyboard = (ROOT / "docs/sell/keyboard.md").read_text()
    for key in (key for group in KEYS for key in group.keys):
        assert f"| {' then '.join(f'`{part}`' for part in key.parts)} | {key.words} |" in keyboard
    guide = (ROOT / "docs/sell/saved-replies.md").read_text()
    for one in VARIABLES.values():
        assert f"| `{one.in_braces}` | {one.means} | {one.sample} |" in guide
