"""A feed asks for its orders by what is unique of them: how many others there are makes no difference."""

from contextlib import contextmanager

import pytest
from django.db import connection

from tests.orders.feeds import ADJUSTMENT, SHIPPING, lines, refund, send, shipped, shop_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_in_this_process")]


@contextmanager
def plans():
    """How the database finds what it is asked for, statement by statement: (SQL, steps)."""
    told = []

    def explain(execute, sql, parameters, many, context):
        if sql.startswith(("SELECT", "UPDATE")) and not many:
            with connection.cursor() as cursor:
                cursor.cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
                told.append((sql, [step for *_, step in cursor.cursor.fetchall()]))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(explain):
        yield told


def by_seller_alone(step):
    return step.startswith("SCAN orders_") or step.endswith(("(seller_id=?)", "(marketplace_id=?)"))


def by_own_id(one):
    return shipped(one, order="", merchant_order=one.external_id)


@pytest.mark.parametrize(("kind", "record"), [(SHIPPING, shipped), (ADJUSTMENT, refund), (SHIPPING, by_own_id)])
def test_no_statement_of_a_feed_reads_all_orders(kind, record):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by how many rows there are: this is about tables of any size")
    shop, found = shop_with(2, status="shipped" if kind == ADJUSTMENT else "unshipped")
    with plans() as told:
        assert send(shop, lines(*map(record, found)), kind).applied == 2
    assert [sql for sql, steps in told if any(map(by_seller_alone, steps))] == []
    assert any("number=?" in step or "external_id=?" in step for _, steps in told for step in steps)
