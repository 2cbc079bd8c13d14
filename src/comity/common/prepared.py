"""Queries that are the same each time but for their values: compiled once, run many times.

Django writes the SQL of a queryset anew whenever it runs, which for a wide join costs several times what the
database needs to answer. On the way of a message that is most of the time. A prepared query is an ordinary
queryset, built once per thread with a mark in place of each value, whose SQL is kept.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from types import NoneType
from typing import Any, Generic, TypeGuard, TypeVar

from django.db import DatabaseError, connection
from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    JSONField,
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
from comity.common.many import array

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
        _keep([row], [cursor.fetchone()])
    return row


def insert_all(rows: Sequence[Row], *, keys: bool = True) -> None:
    """Store new rows of one model, which learn their keys: ``bulk_create`` in a third of the time; see ``insert``.

    One statement for every few hundred rows, none for no rows. Without ``keys`` the rows are done with: they do not
    learn theirs, and PostgreSQL is not waited for.
    """
    if not rows:
        return
    sql, fields = _kept_sql(type(rows[0]), "insert" if keys else "add", _insert_sql, rows[0])
    size = max(1, _MOST_VALUES // len(fields))
    with connection.cursor() as cursor:
        for lot in (rows[first : first + size] for first in range(0, len(rows), size)):
            cursor.execute(*_insert_of_many(sql, fields, _columns(fields, lot, add=True)))
            if keys:
                _keep(lot, cursor.fetchall())


def _keep(rows: Sequence[Model], keys: Sequence[tuple[Any]]) -> None:
    alias = connection.alias
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, alias  # noqa: SLF001 - as a model's documentation says


def add_all(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Store new rows of ``model`` that nobody refers to, in one round trip, without an object for each.

    A row is what it has in its columns, by attribute (``journal_id``); a column that none of them names has its
    default. Raises ``TypeError`` for a name that is no column's.
    """
    if not (new := list(rows)):
        return
    sql, fields = _kept_sql(model, "add", _insert_sql, model())
    if unknown := new[0].keys() - {field.attname for field in fields}:
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    columns = [_column_of_mappings(field, new) for field in fields]
    with connection.cursor() as cursor:
        if _takes_arrays(fields):
            cursor.execute(*_insert_of_many(sql, fields, columns))
        else:
            cursor.executemany(sql, list(zip(*columns, strict=True)))


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
    columns = [*_columns(fields, changed, add=False), [row.pk for row in changed]]
    with connection.cursor() as cursor:
        if _takes_arrays(fields):
            about = changed[0]._meta  # noqa: SLF001 - documented, whatever its name says
            cursor.execute(*_update_of_many(about, fields, columns))
        else:
            cursor.executemany(sql, list(zip(*columns, strict=True)))


Statement = tuple[str, "list[Field[Any, Any]]"]
Columns = list[list[Any]]  # of as many fields, each with a value for every row
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


def _insert_of_many(sql: str, fields: "Sequence[Field[Any, Any]]", columns: Columns) -> tuple[str, list[Any]]:
    """The statement for one row, made into one for many, and its parameters."""
    head, _, rest = sql.partition(" VALUES ")
    one, returning, key = rest.partition(" RETURNING ")
    if _takes_arrays(fields):
        wanted, source, values = _source(fields, columns)
        return f"{head} SELECT {', '.join(wanted)} FROM {source}{returning}{key}", values  # noqa: S608 - as above
    rows = list(zip(*columns, strict=True))
    return f"{head} VALUES {', '.join([one] * len(rows))}{returning}{key}", list(chain.from_iterable(rows))


def _update_of_many(about: Any, fields: "Sequence[Any]", columns: Columns) -> tuple[str, list[Any]]:
    """The statement that sets ``fields`` of many rows, whose keys are the last column, and its parameters."""
    quote = connection.ops.quote_name
    table, key = quote(about.db_table), quote(about.pk.column)
    (*wanted, keys), source, values = _source([*fields, about.pk], columns)
    assigned = ", ".join(f"{quote(field.column)} = {one}" for field, one in zip(fields, wanted, strict=True))
    return f"UPDATE {table} SET {assigned} FROM {source} WHERE {table}.{key} = {keys}", values  # noqa: S608 - as above


def _source(fields: "Sequence[Field[Any, Any]]", columns: Columns) -> tuple[list[str], str, list[Any]]:
    """For PostgreSQL: how each column is called, what all come from, and the parameters in the order of both.

    An array for each column; where all rows have the very same value it is sent once. The last one is always an array:
    it says how many rows there are.
    """
    wanted, names, arrays, same, values = [], [], [], [], []
    for number, (field, column) in enumerate(zip(fields, columns, strict=True), 1):
        kind = str(field.db_type(connection)).partition("(")[0]  # no length: it would cut values
        if number < len(columns) and len(set(map(id, column))) == 1:
            wanted.append(f"(%s)::{kind}")
            same.append(column[0])
        else:
            wanted.append(f"new.c{number}")
            names.append(f"c{number}")
            arrays.append(f"(%s)::{kind}[]")
            values.append(array(column))
    return wanted, f"UNNEST({', '.join(arrays)}) AS new({', '.join(names)})", same + values


def _columns(fields: "Iterable[Field[Any, Any]]", rows: Sequence[Model], *, add: bool) -> Columns:
    """What the database is given for these fields of ``rows``, a list for each field: see ``_values``."""
    every = ((field, [row.__dict__.get(field.attname, rows) for row in rows]) for field in fields)
    return [_plain(field, found) or [_values([field], row, add=add)[0] for row in rows] for field, found in every]


def _column_of_mappings(field: "Field[Any, Any]", rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    name, default = field.attname, field.get_default()
    found = [row.get(name, default) for row in rows]
    return _plain(field, found) or [field.get_db_prep_save(value, connection) for value in found]


def _plain(field: "Field[Any, Any]", values: list[Any]) -> list[Any] | None:
    """``values`` as the database is given them, where all of them are of the field's own type; None otherwise."""
    plain, found = _PLAIN.get(type(field)), set(map(type, values)) - {NoneType}
    if not found or (found == {plain} and plain is not datetime):
        return values
    if found == {plain}:  # often the same moment in all rows
        adapted = {key: _adapted(value) for key, value in {id(one): one for one in values}.items()}
        return [adapted[id(one)] for one in values]
    if found == {dict} and type(field) is JSONField and field.encoder is None:
        return [value if value is None else json.dumps(value) for value in values]
    if plain is str and all(issubclass(one, str) for one in found):
        return [value if value is None else str(value) for value in values]
    return None


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
