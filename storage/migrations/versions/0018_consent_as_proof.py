"""The record of consent says how and in which words, and the database keeps it.

A later step that builds the table anew must set these triggers again.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

HOW = ('paper', 'form', 'spoken', 'import', 'sms', 'page', 'staff', 'carrier')
KEPT = 'the record of consent is only added to'
ERASED = 'SELECT 1 FROM erasure WHERE erasure.club_id = OLD.club_id AND erasure.e164 = OLD.e164'
SQLITE = [
    f"CREATE TRIGGER consent_unchanged BEFORE UPDATE ON consent BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
    f"CREATE TRIGGER consent_kept BEFORE DELETE ON consent WHEN NOT EXISTS ({ERASED})"
    f" BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
]
POSTGRESQL = [
    f"""
    CREATE FUNCTION keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND EXISTS ({ERASED}) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    'CREATE TRIGGER consent_kept BEFORE UPDATE OR DELETE ON consent FOR EACH ROW EXECUTE FUNCTION keep_consent()',
]


def upgrade() -> None:
    op.add_column('consent', sa.Column('recorded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    how = sa.Enum(*HOW, name='consenthow', native_enum=False, length=20)
    op.add_column('consent', sa.Column('how', how, nullable=True))
    op.add_column('consent', sa.Column('words', sa.String(), nullable=True))
    op.add_column('consent', sa.Column('words_version', sa.Integer(), nullable=True))
    op.create_table(
        'erasure',
        sa.Column('club_id', sa.Uuid(), sa.ForeignKey('club.id', name='fk_erasure_club_id_club'), nullable=False),
        sa.Column('e164', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('club_id', 'e164', name='pk_erasure'),
    )
    for statement in SQLITE if _is_sqlite() else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if _is_sqlite():
        op.execute('DROP TRIGGER consent_kept')
        op.execute('DROP TRIGGER consent_unchanged')
    else:
        op.execute('DROP TRIGGER consent_kept ON consent')
        op.execute('DROP FUNCTION keep_consent()')
    op.drop_table('erasure')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        for column in ('words_version', 'words', 'how', 'recorded_at'):
            batch_op.drop_column(column)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == 'sqlite'
