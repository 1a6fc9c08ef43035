"""The link to a member's page, and what is said there."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('message', sa.Column('page_token', sa.String(), nullable=True))
    with_page = sa.text('page_token IS NOT NULL')
    op.create_index('ix_message_page_token', 'message', ['page_token'], unique=True, sqlite_where=with_page, postgresql_where=with_page)
    op.add_column('reply', sa.Column('page_of', sa.Uuid(), nullable=True))
    said_there = sa.text('page_of IS NOT NULL')
    op.create_index('ix_reply_page_of', 'reply', ['page_of'], sqlite_where=said_there, postgresql_where=said_there)


def downgrade() -> None:
    op.drop_index('ix_reply_page_of', 'reply')
    with op.batch_alter_table('reply', schema=None) as batch_op:
        batch_op.drop_column('page_of')
    op.drop_index('ix_message_page_token', 'message')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_column('page_token')
