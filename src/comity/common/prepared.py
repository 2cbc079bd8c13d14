"""Queries that are the same each time but for their values: compiled once, run many times.

Django writes the SQL of a queryset anew whenever it runs, which for a wide join costs several times what the
database needs to answer. On the way of a message that is most of the time. A prepared query is an ordinary
queryset, built once per thread with a mark in place of each value, whose SQL is kept.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from typing import Any, Generic, TypeGuard, TypeVar

from django.db import DatabaseError, connection
from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    Model,
    PositiveBigIntegerField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    QuerySet,
    TextField,
)
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery
from django.db.models.sql.compiler import SQLCompiler

from comity.common.ids import PublicIdField

Row = TypeVar("Row", bound=Model)
Value = str | int | datetime
_FIRST_NUMBER = 31_337  # marks for numbers: none that anybody writes in a query, and few enough for a small column
_MOST_VALUES = 30_000  # in one statement: SQLite takes 32,766, PostgreSQL 65,535
# Values of these types are what the database takes in these fields; of subclasses nobody knows.
_PLAIN: dict[type, type] = {
    CharField: str,
    PublicIdField: str,
    TextField: str,
    BigIntegerField: int,
    PositiveBigIntegerField: int,
    PositiveIntegerField: int,
    PositiveSmallIntegerField: int,
    ForeignKey: int,
    DateTimeField: datetime,
}
_EPOCH = datetime(1902, 2, 3, 4, 5, 6, 789, tzinfo=UTC)  # marks for moments start here


class Prepared(Generic[Row]):
    """A queryset of whole rows with named values in its filters and annotations.

    ``build`` gets a mark for each name in ``values`` and returns the queryset. Each value is of the type given; with
    a None among them the queryset is compiled anew. It must not slice by a value or use ``in`` with a list.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]], **values: type[Value]) -> None:
        self._build = build
        self._types = values
        self._kept = threading.local()

    def __call__(self, **values: Value | None) -> list[Row]:
        """The rows for these values: one query."""
        if not _complete(values):
            return list(self._build(**values))
        plan = self._plan()
        return plan.rows(plan.fetch(values))

    def first(self, **values: Value) -> Row | None:
        """The first row for these values, None without one: one query."""
        plan = self._plan()
        return next(iter(plan.rows(plan.fetch(values)[:1])), None)

    def tuples(self, **values: Value) -> Sequence[Any]:
        """What the database answers to a queryset of ``values_list``: one query, no conversion."""
        return self._plan().fetch(values)

    def _plan(self) -> "_Plan[Row]":
        plans: dict[str, _Plan[Row]] = self._kept.__dict__
        key = f"{connection.vendor} {connection.alias}"
        if (plan := plans.get(key)) is None:
            plan = plans[key] = _Plan(self._build, self._types)
        return plan


class _Plan(Generic[Row]):
    """What is kept: the SQL, which of its parameters are marks, and how a row becomes an object."""

    def __init__(self, build: Callable[..., QuerySet[Row]], types: dict[str, type[Value]]) -> None:
        marks = {name: _mark(kind, number) for (name, kind), number in zip(types.items(), count(1), strict=False)}
        adapted = {_adapted(mark): name for name, mark in marks.items()}
        queryset = build(**marks)
        compiler = queryset.query.get_compiler(using=connection.alias)
        self._sql, parameters = compiler.as_sql()
        self._parameters = [(adapted.get(value), value) for value in parameters]
        if missing := set(types) - {name for name, _ in self._parameters}:
            raise ValueError(f"not found again in the query: {', '.join(sorted(missing))}")
        if compiler.klass_info:
            self._learn_rows(compiler)

    def _learn_rows(self, compiler: SQLCompiler) -> None:
        select, about = compiler.select, compiler.klass_info
        fields = about["select_fields"]
        self._model, self._first, self._end = about["model"], fields[0], fields[-1] + 1
        self._names = [column[0].target.attname for column in select[self._first : self._end]]
        self._related = get_related_populators(about, select, connection.alias)  # type: ignore[call-arg]  # the stubs are of a later Django
        self._annotations = compiler.annotation_col_map or {}
        self._converters = compiler.get_converters([column[0] for column in select])
        self._convert = compiler.apply_converters

    def fetch(self, values: dict[str, Value]) -> Sequence[Any]:
        """The rows as the database gives them."""
        given = [value if name is None else _adapted(values[name]) for name, value in self._parameters]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, given)
            rows: Sequence[Any] = cursor.fetchall()
        return rows

    def rows(self, found: Sequence[Any]) -> list[Row]:
        """The same as objects, related ones and annotations included."""
        return [self._object(row) for row in self._convert(found, self._converters)]

    def _object(self, row: Sequence[Any]) -> Row:
        made: Row = self._model.from_db(connection.alias, self._names, row[self._first : self._end])
        for related in self._related:
            related.populate(row, made)
        for name, column in self._annotations.items():
            setattr(made, name, row[column])
        return made


def insert(row: Row) -> Row:
    """Store a new row: what ``row.save()`` does, in one statement.

    For models without parents, and without defaults that the database fills in. Raises what ``save`` raises.
    """
    sql, fields = _kept_sql(type(row), "insert", _insert_sql, row)
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(fields, row, add=True))
        _keep(row, cursor.fetchone()[0])
    return row


def insert_all(rows: Sequence[Row]) -> None:
    """Store new rows of one model, which learn their keys: ``bulk_create`` in a third of the time; see ``insert``.

    One statement for every few hundred rows, none for no rows.
    """
    if not rows:
        return
    sql, fields = _kept_sql(type(rows[0]), "insert", _insert_sql, rows[0])
    size = max(1, _MOST_VALUES // len(fields))
    with connection.cursor() as cursor:
        for lot in (rows[first : first + size] for first in range(0, len(rows), size)):
            cursor.execute(*_insert_of_many(sql, fields, lot))
            for row, (key,) in zip(lot, cursor.fetchall(), strict=True):
                _keep(row, key)


def _keep(row: Model, key: Any) -> None:
    row.pk = key
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as a model's documentation says


def add_all(rows: Iterable[Model]) -> None:
    """Store new rows of one model that nobody refers to, in one round trip; they do not learn their keys."""
    if not (new := list(rows)):
        return
    sql, fields = _kept_sql(type(new[0]), "add", _insert_sql, new[0])
    with connection.cursor() as cursor:
        if _takes_arrays(fields):
            cursor.execute(*_insert_of_many(sql, fields, new))
        else:
            cursor.executemany(sql, [_values(fields, row, add=True) for row in new])


def update(row: Model, names: Sequence[str]) -> None:
    """Store the fields ``names`` of a row that is there: what ``row.save(update_fields=names)`` does.

    For the same models as ``insert``. Raises ``DatabaseError`` when the row is gone.
    """
    sql, fields = _kept_sql(type(row), tuple(names), _update_sql, row)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_values(fields, row, add=False), row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError(f"{type(row).__name__} {row.pk} is gone")


def update_all(rows: Iterable[Model], names: Sequence[str]) -> None:
    """Store the fields ``names`` of rows of one model, in one round trip: ``bulk_update``, in a twentieth of the time.

    For the same models as ``update``. Lock the rows first: one that is gone is not told of.
    """
    if not (changed := list(rows)):
        return
    sql, fields = _kept_sql(type(changed[0]), tuple(names), _update_sql, changed[0])
    values = [[*_values(fields, row, add=False), row.pk] for row in changed]
    with connection.cursor() as cursor:
        if _takes_arrays(fields):
            about = changed[0]._meta  # noqa: SLF001 - documented, whatever its name says
            cursor.execute(_update_from_arrays(about, fields), _columns(values))
        else:
            cursor.executemany(sql, values)


Statement = tuple[str, "list[Field[Any, Any]]"]
_statements = threading.local()


def _kept_sql(model: type[Model], what: Any, write: Callable[[Any, Any], Statement], row: Model) -> Statement:
    kept: dict[Any, Statement] = _statements.__dict__
    key = f"{connection.vendor} {connection.alias}", model, what
    if (found := kept.get(key)) is None:
        found = kept[key] = write(row, what)
    return found


def _insert_sql(row: Model, what: str) -> Statement:
    about = row._meta  # noqa: SLF001 - documented, whatever its name says
    fields = [field for field in about.local_concrete_fields if field is not about.auto_field]
    query = InsertQuery(type(row))
    query.insert_values(fields, [row])
    compiler = query.get_compiler(using=connection.alias)
    compiler.returning_fields = [about.pk] if what == "insert" else None
    [(sql, _)] = compiler.as_sql()
    return sql, fields


def _update_sql(row: Model, names: Sequence[str]) -> Statement:
    about, quote = row._meta, connection.ops.quote_name  # noqa: SLF001
    fields: list[Any] = [about.get_field(name) for name in names]
    assigned = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    key = quote(str(about.pk.column))
    return f"UPDATE {quote(about.db_table)} SET {assigned} WHERE {key} = %s", fields  # noqa: S608 - the model's names


def _takes_arrays(fields: "Sequence[Field[Any, Any]]") -> bool:
    """Whether many rows go to the database as an array for each column: PostgreSQL reads that much faster."""
    return connection.vendor == "postgresql" and not any(hasattr(field, "get_placeholder") for field in fields)


def _insert_of_many(sql: str, fields: "Sequence[Field[Any, Any]]", rows: Sequence[Model]) -> tuple[str, list[Any]]:
    """The statement for one row, made into one for ``rows``, and its parameters."""
    head, _, rest = sql.partition(" VALUES ")
    one, returning, key = rest.partition(" RETURNING ")
    values = [_values(fields, row, add=True) for row in rows]
    if _takes_arrays(fields):
        return f"{head} SELECT * FROM {_arrays(fields)}{returning}{key}", _columns(values)  # noqa: S608 - as above
    return f"{head} VALUES {', '.join([one] * len(values))}{returning}{key}", list(chain.from_iterable(values))


def _update_from_arrays(about: Any, fields: "Sequence[Any]") -> str:
    """The statement that sets ``fields`` of many rows, whose keys are the last array."""
    quote = connection.ops.quote_name
    table, key = quote(about.db_table), quote(about.pk.column)
    names = [f"c{number}" for number in range(len(fields) + 1)]
    assigned = ", ".join(f"{quote(field.column)} = new.{name}" for field, name in zip(fields, names, strict=False))
    source = f"{_arrays([*fields, about.pk])} AS new({', '.join(names)})"
    return f"UPDATE {table} SET {assigned} FROM {source} WHERE {table}.{key} = new.{names[-1]}"  # noqa: S608 - the model's


def _arrays(fields: "Iterable[Field[Any, Any]]") -> str:
    types = [str(field.db_type(connection)).partition("(")[0] for field in fields]  # no length: it would cut values
    return f"UNNEST({', '.join(f'(%s)::{one}[]' for one in types)})"


def _columns(rows: Sequence[Sequence[Any]]) -> list[Any]:
    return [list(column) for column in zip(*rows, strict=True)]


def _values(fields: "Iterable[Field[Any, Any]]", row: Model, *, add: bool) -> list[Any]:
    """What the database is given for these fields of ``row``: what ``save`` gives it, with a shorter way to most."""
    given = row.__dict__
    values: list[Any] = []
    for field in fields:
        value: Any = given.get(field.attname, given)
        plain = _PLAIN.get(type(field))
        if value is None or plain is type(value):
            values.append(_adapted(value) if plain is datetime and value else value)
        elif plain is str and isinstance(value, str):  # one of a field's choices, say
            values.append(str(value))
        else:
            values.append(field.get_db_prep_save(field.pre_save(row, add=add), connection))
    return values


def _complete(values: dict[str, Value | None]) -> TypeGuard[dict[str, Value]]:
    return None not in values.values()


def _mark(kind: type[Value], number: int) -> Value:
    """A value of that type that stands in no query by itself."""
    if kind is datetime:
        return _EPOCH + timedelta(seconds=number)
    return f"\ue000{number}\ue000" if kind is str else _FIRST_NUMBER + number


def _adapted(value: Any) -> Any:
    """As the database is given it."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
