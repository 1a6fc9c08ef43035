"""Below which age a club has a second adult told what a child is told, and who that is."""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('club', sa.Column('second_adult_under', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('club', sa.Column('second_adult_id', sa.Uuid(), nullable=True))
    op.add_column(
        'audience_guardian', sa.Column('is_second', sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column('audience_guardian', 'is_second')
    op.drop_column('club', 'second_adult_id')
    op.drop_column('club', 'second_adult_under')
