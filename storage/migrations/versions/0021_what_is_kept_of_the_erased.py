"""What is kept of numbers that wanted no texts and were erased."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    scope = sa.Enum('all', 'marketing', name='optoutscope', native_enum=False, length=20)
    op.create_table(
        'erased_number',
        sa.Column('club_id', sa.Uuid(), sa.ForeignKey('club.id', name='fk_erased_number_club_id_club'), nullable=False),
        sa.Column('digest', sa.String(), nullable=False),
        sa.Column('scope', scope, nullable=False),
        sa.Column('since_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('club_id', 'digest', name='pk_erased_number'),
    )


def downgrade() -> None:
    op.drop_table('erased_number')
