"""How long a club keeps texts, answers and people who left."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('club', sa.Column('keep_texts_months', sa.Integer(), nullable=False, server_default='36'))
    op.add_column('club', sa.Column('keep_archived_months', sa.Integer(), nullable=False, server_default='36'))


def downgrade() -> None:
    op.drop_column('club', 'keep_archived_months')
    op.drop_column('club', 'keep_texts_months')
