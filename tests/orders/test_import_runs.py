"""The run itself: batches, counts, duplicates, what is kept, and what two runs at once do."""

import json
import re
from pathlib import Path

import pytest
from django.db import IntegrityError

from comity.accounts.services.importing import Kind
from comity.catalog.models import Listing, Product
from comity.catalog.services.importing import PRODUCTS
from comity.files.services.blobs import open_checked
from comity.orders.models import ImportRun
from comity.orders.services import imports
from tests.factories import NOW, marketplace, product
from tests.orders.importing import bring

pytestmark = pytest.mark.django_db


def products(count, **change):
    return [{"external_id": f"p{n}", "kind": "media", "title": f"Book {n}", **change} for n in range(count)]


@pytest.fixture(autouse=True)
def market():
    return marketplace(slug="north")


def test_good_lines_are_applied_and_bad_ones_are_not():
    rows = products(3)
    rows[1]["kind"] = "food"
    result = bring("products", rows)
    assert (result.counts, result.refusals) == ((2, 0, 1), [(2, "kind", "unknown_choice")])
    assert set(Product.objects.values_list("external_id", flat=True)) == {"p0", "p2"}


def test_a_run_keeps_the_file_as_it_came_and_what_became_of_it(market):
    result = bring("products", b'\xef\xbb\xbf{"external_id":"p1"}\r\n')
    run = ImportRun.objects.get()
    assert (run.marketplace, run.kind, run.source, run.live) == (market, "products", "shop", False)
    assert (run.started_at, run.finished_at) == (NOW, NOW)
    with open_checked(run.blob) as stored:
        assert stored.read() == b'\xef\xbb\xbf{"external_id":"p1"}\r\n'
    assert (
        [(one["line"], one["field"], one["code"]) for one in run.refusals]
        == result.refusals
        == [
            (1, "kind", "missing"),
            (1, "title", "missing"),
        ]
    )
    assert run.refused == 1


def test_the_same_file_again_says_when_it_was_imported_before():
    first, second = bring("products", products(2)), bring("products", products(2))
    assert (first.earlier, second.earlier) == (None, first.run)
    assert second.counts == (0, 2, 0)


def test_a_key_counts_where_it_stands_first():
    rows = [*products(2), *products(1, title="Other")]
    result = bring("products", rows)
    assert (result.counts, result.refusals) == ((2, 0, 1), [(3, "external_id", "duplicate")])
    assert "line 1" in result.watch.refusals[0].sentence
    assert Product.objects.get(external_id="p0").title == "Book 0"


def test_a_duplicate_is_found_across_batches(monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    result = bring("products", [*products(5), *products(1)])
    assert (result.counts, result.refusals) == ((5, 0, 1), [(6, "external_id", "duplicate")])


OFFER = {"external_id": "l1", "seller": "s1", "product": "p0", "sku": "A", "price": "1.00", "currency": "EUR"}


@pytest.mark.parametrize("size", [1, 2, 500])
def test_a_line_that_was_refused_takes_no_key_from_a_later_one(monkeypatch, size):
    monkeypatch.setattr(imports, "BATCH", size)
    bring("sellers", [{"external_id": "s1", "name": "Shop"}])
    bring("products", products(1))
    rows = [{**OFFER, "seller": "s9"}, {**OFFER, "price": "1.001"}, OFFER, {**OFFER, "sku": "B"}]
    result = bring("listings", rows)
    assert result.counts == (1, 0, 3)
    assert result.refusals == [
        (1, "seller", "unknown_reference"),
        (2, "price", "decimals"),
        (4, "external_id", "duplicate"),
    ]
    assert "line 3" in result.watch.refusals[-1].sentence
    assert Listing.objects.get().sku == "A"


def test_a_number_beyond_all_bounds_costs_its_own_line_only():
    bring("sellers", [{"external_id": "s1", "name": "Shop"}])
    bring("products", products(1))
    offers = [json.dumps({**OFFER, "external_id": one, "sku": one}) for one in ("a", "b", "c", "d")]
    for position, number in ((1, "1e9999999999999999999"), (2, "1e99999999")):
        offers[position] = offers[position].replace('"1.00"', number)
    result = bring("listings", "\n".join(offers).encode())
    assert (result.counts, result.refusals) == ((2, 0, 2), [(2, "", "too_large"), (3, "", "too_large")])
    assert set(Listing.objects.values_list("external_id", flat=True)) == {"a", "d"}


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_costs_the_same_number_of_queries(django_assert_num_queries, count):
    with django_assert_num_queries(15):
        bring("products", products(count))
    with django_assert_num_queries(15):
        bring("products", products(count, title="New"))


def test_counts_are_true_when_the_process_dies_between_batches(monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    real, calls = PRODUCTS.apply, []

    def dying(rows, scope):
        calls.append(rows)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(rows, scope)

    monkeypatch.setitem(imports.KINDS, "products", Kind("products", PRODUCTS.fields, dying))
    with pytest.raises(KeyboardInterrupt):
        bring("products", products(6))
    run = ImportRun.objects.get()
    assert (run.applied, run.finished_at, Product.objects.count()) == (4, None, 4)
    monkeypatch.undo()


def test_a_row_that_somebody_else_writes_at_the_same_moment_is_refused_alone(market, monkeypatch):
    real = PRODUCTS.apply

    def late(rows, scope):
        if any(row.values["external_id"] == "p2" for row in rows):
            raise IntegrityError("written meanwhile")
        return real(rows, scope)

    monkeypatch.setitem(imports.KINDS, "products", Kind("products", PRODUCTS.fields, late))
    result = bring("products", products(5))
    assert (result.counts, result.refusals) == ((4, 0, 1), [(3, "external_id", "conflict")])
    assert Product.objects.count() == 4


def test_only_the_first_refusals_are_kept_and_all_are_reported(monkeypatch):
    monkeypatch.setattr(imports, "MOST_STORED", 3)
    result = bring("products", [{"external_id": "x"}] * 5)
    assert (len(result.run.refusals), len(result.refusals), result.counts) == (3, 10, (0, 0, 5))


@pytest.mark.parametrize(("content", "form", "code"), [
    (b"", "csv", "empty"),
    (b"id,name\n", "csv", "columns"),
    (b"\xff\xfe{\x00", "jsonl", "encoding"),
    (b"external_id,a\x00b\n1,2\n", "csv", "not_text"),
    (b"a\x01b,c\n1,2\n", "csv", "columns"),
])  # fmt: skip
def test_an_unusable_file_is_one_refusal(content, form, code):
    result = bring("products", content, form=form)
    assert (result.counts, result.refusals) == ((0, 0, 1), [(1, "", code)])
    assert ImportRun.objects.get(pk=result.run.pk).refusals[0]["sentence"].isprintable()


def test_a_name_that_cannot_be_stored_is_a_refusal_that_can():
    result = bring("products", products(1, **{"a\0b\ud800": 1}))
    assert result.refusals == [(1, "a\ufffdb\ufffd", "unknown_field")]
    assert ImportRun.objects.get(pk=result.run.pk).refusals[0]["field"] == "a\ufffdb\ufffd"


def test_an_empty_file_of_json_lines_holds_nothing():
    assert bring("products", b"").counts == (0, 0, 0)


def test_progress_is_told_in_bytes():
    rows = products(3)
    assert bring("products", rows).watch.bytes_read[-1] == len("\n".join(json.dumps(row) for row in rows))


def test_a_neighbour_with_the_same_ids_is_left_alone(market):
    theirs = product(marketplace(slug="south"), source="shop", external_id="p0", title="Theirs")
    bring("products", products(1), market="north")
    theirs.refresh_from_db()
    assert theirs.title == "Theirs"
    assert Product.objects.get(marketplace=market).title == "Book 0"


@pytest.mark.parametrize("kind", imports.KINDS.values(), ids=lambda kind: kind.name)
def test_the_guide_names_every_column(kind):
    guide = (Path(__file__).parents[2] / "docs/operate/import.md").read_text()
    section = guide.split(f"\n**{kind.name}**: ")[1].split("\n**")[0]
    columns = {one.name for one in (*kind.fields, *kind.columns)}
    assert columns - set(re.findall(r"`(\w+)`", section)) == set()
