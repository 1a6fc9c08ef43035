"""One statement for many rows, past what SQLAlchemy does for each of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession


class Many:
    """One statement for many rows, handed to the driver as it is.

    SQLAlchemy would look at each value of each row on its way; here only those are converted whose column asks for it,
    each value once. The statement's parameters are bound by name, with the type of their column, and each row gives
    all that have no value of their own. What needs converting must be hashable.
    """

    def __init__(self, statement: sa.UpdateBase) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    async def execute(self, session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> int:
        """Executes it for each row; how many rows of the table it changed."""
        if not rows:
            return 0
        return await self.execute_columns(session, {name: [row[name] for row in rows] for name in rows[0]})

    async def execute_columns(self, session: AsyncSession, columns: Mapping[str, Sequence[Any]]) -> int:
        """Executes it for each row, of which each column has one value; how many rows of the table it changed."""
        connection = await session.connection()
        statement = self._for(connection.dialect)
        return (await connection.exec_driver_sql(statement.sql, statement.bound(columns))).rowcount

    def _for(self, dialect: sa.Dialect) -> "_Compiled":
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _Compiled(self._statement.compile(dialect=dialect))
        return self._compiled[dialect.name]


class _Compiled:
    """A statement in the words of one database."""

    def __init__(self, compiled: Any) -> None:
        self.sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or list(compiled.params)
        self._is_positional: bool = compiled.positional
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._processors: Mapping[str, Callable[[Any], Any]] = compiled._bind_processors

    def bound(self, columns: Mapping[str, Sequence[Any]]) -> list[Any]:
        """The parameters of each row, as the driver takes them."""
        # Column by column, which is quicker than row by row: nothing else runs while hundreds of rows are bound.
        count = len(next(iter(columns.values())))
        by_row = zip(*(self._column(name, columns, count) for name in self._names), strict=True)
        return (
            list(by_row)
            if self._is_positional
            else [dict(zip(self._names, row, strict=True)) for row in by_row]
        )

    def _column(self, name: str, columns: Mapping[str, Sequence[Any]], count: int) -> Sequence[Any]:
        convert = self._processors.get(name)
        if name in self._constants:
            value = self._constants[name]
            return [value if convert is None else convert(value)] * count
        values = columns[name]
        if convert is None:
            return values
        converted = {value: convert(value) for value in set(values)}
        return [converted[value] for value in values]
