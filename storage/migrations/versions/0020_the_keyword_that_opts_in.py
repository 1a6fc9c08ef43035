"""A club's own keyword, and what is asked of who texts it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('club', sa.Column('optin_keyword', sa.String(), nullable=False, server_default=''))
    at = sqlmodel.sql.sqltypes.UTCDateTime()
    op.create_table(
        'opt_in_question',
        sa.Column('club_id', sa.Uuid(), sa.ForeignKey('club.id', name='fk_opt_in_question_club_id_club'), nullable=False),
        sa.Column('e164', sa.String(), nullable=False),
        sa.Column('asked_by', sa.String(), nullable=False),
        sa.Column('words', sa.String(), nullable=False),
        sa.Column('words_version', sa.Integer(), nullable=False),
        sa.Column('asked_at', at, nullable=False),
        sa.Column('until_at', at, nullable=False),
        sa.Column('answered_at', at, nullable=True),
        sa.PrimaryKeyConstraint('club_id', 'e164', name='pk_opt_in_question'),
    )


def downgrade() -> None:
    op.drop_table('opt_in_question')
    op.drop_column('club', 'optin_keyword')
