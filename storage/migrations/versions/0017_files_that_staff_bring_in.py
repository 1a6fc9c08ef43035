"""Which files of people staff bring in from Slack, and how far each is."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'import_file',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('club_id', sa.Uuid(), nullable=False),
        sa.Column('slack_user_id', sa.String(), nullable=False),
        sa.Column('language', sa.String(), nullable=False),
        sa.Column('file_id', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('choices', sa.JSON(), nullable=True),
        sa.Column('shown', sa.JSON(), nullable=True),
        sa.Column('done', sa.JSON(), nullable=True),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('attempt', sa.Integer(), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('channel', sa.String(), nullable=False),
        sa.Column('ts', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['club_id'], ['club.id'], name=op.f('fk_import_file_club_id_club')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_file')),
    )
    op.create_index(op.f('ix_import_file_club_id'), 'import_file', ['club_id'])
    op.create_index(op.f('ix_import_file_leased_until'), 'import_file', ['leased_until'])


def downgrade() -> None:
    op.drop_table('import_file')
