"""Chunks of messages, counts kept as rows, paces, and strays."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


# What was sent before is counted here once; messages that wait get their chunks from the running bot.
COUNT_MESSAGES = """
INSERT INTO tally (club_id, campaign_id, what, detail, messages, segments)
SELECT club_id, campaign_id, state, detail, COUNT(*), SUM(segments)
FROM (
    SELECT club_id, campaign_id, state, segments,
        CASE WHEN state IN ('failed', 'undelivered') THEN COALESCE(CAST(error_code AS VARCHAR), '') ELSE '' END AS detail
    FROM message WHERE campaign_id IS NOT NULL
) AS stands
GROUP BY club_id, campaign_id, state, detail
"""
COUNT_LEFT_OUT = """
INSERT INTO tally (club_id, campaign_id, what, detail, messages, segments)
SELECT club_id, campaign_id, 'left_out', left_out, COUNT(*), 0
FROM audience_line WHERE left_out IS NOT NULL AND detail <> 'guardians'
GROUP BY club_id, campaign_id, left_out
"""


def upgrade() -> None:
    op.create_table('pace',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('free_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_pace'))
    )
    op.create_table('stray',
    sa.Column('sid', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('e164', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('error_code', sa.Integer(), nullable=True),
    sa.Column('segments', sa.Integer(), nullable=True),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('sid', name=op.f('pk_stray'))
    )
    with op.batch_alter_table('stray', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stray_e164'), ['e164'], unique=False)

    op.create_table('chunk',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('club_id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('waiting', sa.Integer(), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('parked', sa.Boolean(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_chunk_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['club_id'], ['club.id'], name=op.f('fk_chunk_club_id_club')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chunk'))
    )
    with op.batch_alter_table('chunk', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chunk_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index('ix_chunk_due', ['priority', 'due_at'], unique=False, sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))
        batch_op.create_index('ix_chunk_parked', ['campaign_id'], unique=False, sqlite_where=sa.text('parked'), postgresql_where=sa.text('parked'))

    op.create_table('tally',
    sa.Column('club_id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('what', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('detail', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('messages', sa.Integer(), nullable=False),
    sa.Column('segments', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_tally_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['club_id'], ['club.id'], name=op.f('fk_tally_club_id_club')),
    sa.PrimaryKeyConstraint('campaign_id', 'what', 'detail', name=op.f('pk_tally'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('chunk_id', sa.Uuid(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_message_campaign_id_state_not_before'))
        batch_op.drop_index(batch_op.f('ix_message_waiting'), sqlite_where=sa.text("state IN ('queued', 'sending', 'unknown')"))
        batch_op.create_index('ix_message_chunkless', ['created_at'], unique=False, sqlite_where=sa.text("chunk_id IS NULL AND state IN ('held', 'queued', 'sending')"), postgresql_where=sa.text("chunk_id IS NULL AND state IN ('held', 'queued', 'sending')"))
        batch_op.create_index('ix_message_followed', ['state', 'not_before'], unique=False, sqlite_where=sa.text("state IN ('unknown', 'accepted', 'sent')"), postgresql_where=sa.text("state IN ('unknown', 'accepted', 'sent')"))
        batch_op.create_index('ix_message_chunk_id', ['chunk_id'], unique=False, sqlite_where=sa.text('chunk_id IS NOT NULL'), postgresql_where=sa.text('chunk_id IS NOT NULL'))
        batch_op.create_foreign_key(batch_op.f('fk_message_chunk_id_chunk'), 'chunk', ['chunk_id'], ['id'])

    with op.batch_alter_table('sender', schema=None) as batch_op:
        batch_op.add_column(sa.Column('segments_per_second', sa.Float(), nullable=True))

    op.execute(COUNT_MESSAGES)
    op.execute(COUNT_LEFT_OUT)


def downgrade() -> None:
    with op.batch_alter_table('sender', schema=None) as batch_op:
        batch_op.drop_column('segments_per_second')

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_message_chunk_id_chunk'), type_='foreignkey')
        batch_op.drop_index('ix_message_chunk_id', sqlite_where=sa.text('chunk_id IS NOT NULL'), postgresql_where=sa.text('chunk_id IS NOT NULL'))
        batch_op.drop_index('ix_message_followed', sqlite_where=sa.text("state IN ('unknown', 'accepted', 'sent')"), postgresql_where=sa.text("state IN ('unknown', 'accepted', 'sent')"))
        batch_op.drop_index('ix_message_chunkless', sqlite_where=sa.text("chunk_id IS NULL AND state IN ('held', 'queued', 'sending')"), postgresql_where=sa.text("chunk_id IS NULL AND state IN ('held', 'queued', 'sending')"))
        batch_op.create_index(batch_op.f('ix_message_waiting'), ['state', 'not_before'], unique=False, sqlite_where=sa.text("state IN ('queued', 'sending', 'unknown')"))
        batch_op.create_index(batch_op.f('ix_message_campaign_id_state_not_before'), ['campaign_id', 'state', 'not_before'], unique=False)
        batch_op.drop_column('chunk_id')

    op.drop_table('tally')
    with op.batch_alter_table('chunk', schema=None) as batch_op:
        batch_op.drop_index('ix_chunk_parked', sqlite_where=sa.text('parked'), postgresql_where=sa.text('parked'))
        batch_op.drop_index('ix_chunk_due', sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_chunk_campaign_id'))

    op.drop_table('chunk')
    with op.batch_alter_table('stray', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stray_e164'))

    op.drop_table('stray')
    op.drop_table('pace')
