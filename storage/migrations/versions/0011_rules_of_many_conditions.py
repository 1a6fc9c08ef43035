"""A dynamic group's rule has conditions on any field."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

GROUPS = sa.table('contact_group', sa.column('id', sa.Uuid()), sa.column('rule', sa.JSON()))
NAMES = ('first_name', 'last_name')


def upgrade() -> None:
    for id, rule in _rules():
        if 'match' not in rule:
            # What a bot of the version before reads, which goes on beside this one, stays as it is.
            _keep(id, rule | _conditions(rule['field'], rule['value']))


def downgrade() -> None:
    for id, rule in _rules():
        if 'match' in rule:
            _keep(id, _first_of(rule))


def _rules() -> list[tuple[object, dict]]:
    rows = op.get_bind().execute(sa.select(GROUPS.c.id, GROUPS.c.rule)).all()
    return [(id, rule) for id, rule in rows if rule]


def _keep(id: object, rule: dict) -> None:
    op.execute(sa.update(GROUPS).where(GROUPS.c.id == id).values(rule=rule))


def _conditions(field: str, value: str) -> dict:
    name = field if field in NAMES else f'fields.{field}'
    condition = {'field': name, 'compared': 'text', 'operator': 'is', 'value': value}
    return {'match': 'all', 'parts': [condition]}


def _first_of(rule: dict) -> dict:
    """What the tables before could say; a rule that says more is one that finds nobody, and never somebody it did not."""
    parts = rule['parts']
    is_plain = len(parts) == 1 and (parts[0].get('compared'), parts[0].get('operator')) == ('text', 'is')
    if not is_plain:
        return {'field': 'last_name', 'value': '\n'}
    return {'field': parts[0]['field'].removeprefix('fields.'), 'value': parts[0]['value']}
