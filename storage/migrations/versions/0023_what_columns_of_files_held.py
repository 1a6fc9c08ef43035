"""What the columns of a club's files hold where staff corrected what was guessed, for its next file."""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('club', sa.Column('import_columns', sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column('club', 'import_columns')
