"""When people were born, what they read and do, and what a club's own fields hold."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

FIELDS = sa.table(
    'contact_field',
    sa.column('id', sa.Uuid()),
    sa.column('club_id', sa.Uuid()),
    sa.column('name', sa.String()),
    sa.column('kind', sa.String()),
)


def upgrade() -> None:
    op.add_column('contact', sa.Column('birth_date', sa.Date(), nullable=True))
    op.add_column('contact', sa.Column('language', sa.String(), nullable=False, server_default=''))
    op.add_column('contact', sa.Column('roles', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('contact', sa.Column('tags', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('contact', sa.Column('reference', sa.String(), nullable=True))
    op.create_index('uq_contact_club_id_reference', 'contact', ['club_id', 'reference'], unique=True)
    op.create_table(
        'contact_field',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('club_id', sa.Uuid(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('choices', sa.JSON(), nullable=False, server_default='[]'),
        sa.Column('position', sa.Integer(), nullable=False, server_default='0'),
        sa.ForeignKeyConstraint(['club_id'], ['club.id'], name=op.f('fk_contact_field_club_id_club')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_field')),
        sa.UniqueConstraint('club_id', 'name', name=op.f('uq_contact_field_club_id_name')),
    )
    op.create_index(op.f('ix_contact_field_club_id'), 'contact_field', ['club_id'])
    _move_languages()
    _name_fields()


def _move_languages() -> None:
    """Clubs had it among their own fields."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            "UPDATE contact SET language = fields->>'language', fields = CAST(CAST(fields AS jsonb) - 'language' AS json)"
            " WHERE fields->>'language' IS NOT NULL"
        )
    else:
        op.execute(
            "UPDATE contact SET language = json_extract(fields, '$.language'),"
            " fields = json_remove(fields, '$.language') WHERE json_extract(fields, '$.language') IS NOT NULL"
        )


def _name_fields() -> None:
    """Whatever stands in somebody's fields was text."""
    keys = 'json_object_keys(fields)' if op.get_bind().dialect.name == 'postgresql' else None
    named = (
        f'SELECT DISTINCT club_id, {keys} AS name FROM contact'
        if keys
        else 'SELECT DISTINCT club_id, json_each.key AS name FROM contact, json_each(contact.fields)'
    )
    found = op.get_bind().execute(
        sa.text(named).columns(club_id=sa.Uuid(), name=sa.String())
    ).all()
    rows = [{'id': uuid4(), 'club_id': club_id, 'name': name, 'kind': 'text'} for club_id, name in found]
    if rows:
        op.bulk_insert(FIELDS, rows)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            "UPDATE contact SET fields = CAST(CAST(fields AS jsonb) || jsonb_build_object('language', language) AS json)"
            " WHERE language <> ''"
        )
    else:
        op.execute("UPDATE contact SET fields = json_set(fields, '$.language', language) WHERE language <> ''")
    op.drop_table('contact_field')
    op.drop_index('uq_contact_club_id_reference', 'contact')
    with op.batch_alter_table('contact', schema=None) as batch_op:
        for column in ('reference', 'tags', 'roles', 'language', 'birth_date'):
            batch_op.drop_column(column)
