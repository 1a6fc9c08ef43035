"""What somebody typed of a group that is not saved yet."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'group_draft',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('club_id', sa.Uuid(), nullable=False),
        sa.Column('slack_user_id', sa.String(), nullable=False),
        sa.Column('group_id', sa.Uuid(), nullable=True),
        sa.Column('stamp', sa.String(), nullable=False),
        sa.Column('form', sa.JSON(), nullable=False),
        sa.Column('updated_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('saved_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['club_id'], ['club.id'], name=op.f('fk_group_draft_club_id_club')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_group_draft')),
    )
    op.create_index(op.f('ix_group_draft_club_id'), 'group_draft', ['club_id'])
    op.create_index(
        op.f('ix_group_draft_club_id_slack_user_id_updated_at'), 'group_draft', ['club_id', 'slack_user_id', 'updated_at']
    )


def downgrade() -> None:
    op.drop_table('group_draft')
