"""The queue."""

from pathlib import Path

from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).parent.parent / "procrastinate" / "3.10.0.sql"

GONE = """
DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE;
DO $$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE 'DROP FUNCTION ' || function;
    END LOOP;
END;
$$;
DROP TYPE procrastinate_job_status, procrastinate_job_event_type, procrastinate_job_to_defer_v1;
"""


def upgrade() -> None:
    _run(SCHEMA.read_text(encoding="utf-8"))


def downgrade() -> None:
    _run(GONE)


def _run(statements: str) -> None:
    """On PostgreSQL only: with SQLite the bot's one process needs no queue."""
    if op.get_bind().dialect.name == "postgresql":
        # Without parameters the driver takes several statements at once, and a percent sign as it is.
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
