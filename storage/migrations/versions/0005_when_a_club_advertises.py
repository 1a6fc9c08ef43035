"""When a club's advertising leaves, and what waits for that."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('club', sa.Column('marketing_hours', sa.JSON(), nullable=True))
    held = sa.text("state = 'held'")
    op.create_index('ix_message_held', 'message', ['campaign_id', 'not_before'], sqlite_where=held, postgresql_where=held)


def downgrade() -> None:
    op.drop_index('ix_message_held', 'message')
    with op.batch_alter_table('club', schema=None) as batch_op:
        batch_op.drop_column('marketing_hours')
