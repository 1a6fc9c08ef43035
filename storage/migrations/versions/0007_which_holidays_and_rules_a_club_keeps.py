"""The part of its country that a club names for its holidays, and who has read rules that nobody checked."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('club', sa.Column('parts', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('club', sa.Column('rules_confirmed_by', sa.String(), nullable=True))
    op.add_column('club', sa.Column('rules_confirmed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('club', schema=None) as batch_op:
        batch_op.drop_column('rules_confirmed_at')
        batch_op.drop_column('rules_confirmed_by')
        batch_op.drop_column('parts')
