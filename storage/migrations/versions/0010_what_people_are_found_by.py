"""What people are found by: a text without accents and case."""

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.folding import searchable

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

AT_ONCE = 2000
PARTS = ('first_name', 'last_name', 'mobile', 'e164', 'reference', 'roles', 'tags', 'fields')
CONTACT = sa.table(
    'contact', sa.column('id', sa.Uuid()), sa.column('search', sa.String()), *(sa.column(part) for part in PARTS)
)


def upgrade() -> None:
    op.add_column('contact', sa.Column('search', sa.String(), nullable=True))
    op.create_index('ix_contact_found_by', 'contact', ['club_id', 'archived_at', 'search', 'id'])
    connection = op.get_bind()
    rows = connection.execute(sa.select(CONTACT.c.id, *(CONTACT.c[part] for part in PARTS))).mappings().all()
    for start in range(0, len(rows), AT_ONCE):
        changed = [_found_by(row) for row in rows[start : start + AT_ONCE]]
        which = CONTACT.c.id == sa.bindparam('which')
        connection.execute(sa.update(CONTACT).where(which).values(search=sa.bindparam('found_by')), changed)


def _found_by(row: Any) -> dict[str, Any]:
    read = {part: _read(row[part]) if part in ('roles', 'tags', 'fields') else row[part] for part in PARTS}
    return {'which': row['id'], 'found_by': searchable(read)}


def _read(stored: Any) -> Iterable[Any]:
    """Without the table's types one driver gives the text, the other what it says."""
    return json.loads(stored) if isinstance(stored, str) else stored


def downgrade() -> None:
    op.drop_index('ix_contact_found_by', 'contact')
    op.drop_column('contact', 'search')
