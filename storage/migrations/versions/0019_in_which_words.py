"""The sentence with which a club asks for consent, each version of it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'consent_wording',
        sa.Column('club_id', sa.Uuid(), sa.ForeignKey('club.id', name='fk_consent_wording_club_id_club'), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('body', sa.String(), nullable=False),
        sa.Column('changed_by', sa.String(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('club_id', 'version', name='pk_consent_wording'),
    )


def downgrade() -> None:
    op.drop_table('consent_wording')
