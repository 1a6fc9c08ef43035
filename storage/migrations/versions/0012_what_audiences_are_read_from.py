"""What audiences and groups are read from, on SQLite."""

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

COLUMNS = ('last_name', 'first_name', 'id', 'e164', 'refusal', 'language', 'birth_date', 'roles', 'tags', 'fields')


def upgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.create_index('ix_contact_listed', 'contact', ['club_id', 'archived_at', *COLUMNS])


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.drop_index('ix_contact_listed', 'contact')
