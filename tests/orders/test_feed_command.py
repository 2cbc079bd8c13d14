"""`comity feed` in the hands of somebody new: what is wrong is said before anything is applied."""

import pytest

from comity.config.cli import main
from comity.orders.models import Feed
from tests.orders.feeds import lines, shipped, shop_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_in_this_process")]


@pytest.fixture
def sent(tmp_path, capsys, monkeypatch):
    """A shop, and ``comity feed`` with a file of two records: exit code and what stands on standard error."""
    monkeypatch.setattr("comity.config.server.undurable", list)
    shop, (one,) = shop_with()
    file = tmp_path / "shipped.jsonl"
    file.write_text(lines(shipped(one), {"order": one.number}))

    def run(*words, seller=shop.public_id):
        code = main(["feed", "shipping_confirmation", str(file), "--seller", seller, *words])
        return code, capsys.readouterr().err

    return shop, one, run


def test_where_no_result_can_be_written_nothing_is_applied(sent, tmp_path):
    *_, run = sent
    for result, said in (("no/x.xml", f"there is no folder {tmp_path}/no."), ("x.pdf", "--result ends in .xml")):
        code, told = run("--result", str(tmp_path / result))
        assert (code, said in told, Feed.objects.count()) == (2, True, 0)


def test_what_is_there_and_no_plain_file_is_called_so(capsys):
    assert main(["feed", "shipping_confirmation", "/dev/null", "--seller", "x"]) == 2
    assert "/dev/null is no plain file: write it to one first." in capsys.readouterr().err


def test_a_seller_that_is_not_there_is_named_with_its_marketplace(sent):
    *_, run = sent
    assert run(seller="nobody") == (2, "comity feed: there is no seller “nobody” here.\n")
    assert run("--marketplace", "south", seller="nobody")[1] == "comity feed: there is no seller “nobody” on “south”.\n"


def test_what_is_wrong_with_a_record_is_one_sentence(sent):
    _, one, run = sent
    told = f"record 2 of {one.number}, line 2: ship_date: is required and is empty. (missing)\n"
    assert run() == (1, told)


def test_a_file_that_the_service_goes_on_with_is_said_to_be_under_way(sent, monkeypatch):
    _, _, run = sent
    monkeypatch.setattr("comity.orders.services.feeds.processing.process", lambda feed, **_: feed)
    assert run() == (0, "The service goes on with this file; run the same again to see what became of it.\n")
