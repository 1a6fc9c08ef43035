"""From which age on a club's members are texted themselves, and from which on nobody else is for them."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('club', sa.Column('own_texts_from', sa.Integer(), nullable=False, server_default='15'))
    op.add_column('club', sa.Column('alone_from', sa.Integer(), nullable=False, server_default='18'))


def downgrade() -> None:
    op.drop_column('club', 'alone_from')
    op.drop_column('club', 'own_texts_from')
