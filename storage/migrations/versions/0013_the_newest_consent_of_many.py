"""What everybody agreed to last is found without reading a row."""

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_consent_newest', 'consent', ['club_id', 'purpose', 'e164', 'at', 'id', 'given'])


def downgrade() -> None:
    op.drop_index('ix_consent_newest', 'consent')
