"""Who got a campaign for whom, and in which of its groups they were."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

# What is known today of those that left before: who answers for whom, of the people whom they were about.
PAIRS = """
    INSERT INTO audience_guardian (club_id, campaign_id, child_id, guardian_id)
    SELECT child.club_id, child.campaign_id, child.contact_id, guardian.contact_id
    FROM guardianship
    JOIN audience_line AS child
      ON child.contact_id = guardianship.child_id AND child.because = 'chosen'
    JOIN audience_line AS guardian
      ON guardian.campaign_id = child.campaign_id AND guardian.contact_id = guardianship.guardian_id
    WHERE guardianship.club_id = child.club_id AND guardianship.child_id <> guardianship.guardian_id
"""


def upgrade() -> None:
    op.add_column('audience_line', sa.Column('group_number', sa.Integer(), nullable=True))
    op.create_table(
        'audience_group',
        sa.Column('club_id', sa.Uuid(), nullable=False),
        sa.Column('campaign_id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('rule', sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_audience_group_campaign_id_campaign')),
        sa.ForeignKeyConstraint(['club_id'], ['club.id'], name=op.f('fk_audience_group_club_id_club')),
        sa.PrimaryKeyConstraint('campaign_id', 'number', name=op.f('pk_audience_group')),
    )
    op.create_table(
        'audience_guardian',
        sa.Column('club_id', sa.Uuid(), nullable=False),
        sa.Column('campaign_id', sa.Uuid(), nullable=False),
        sa.Column('child_id', sa.Uuid(), nullable=False),
        sa.Column('guardian_id', sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_audience_guardian_campaign_id_campaign')),
        sa.ForeignKeyConstraint(['club_id'], ['club.id'], name=op.f('fk_audience_guardian_club_id_club')),
        sa.PrimaryKeyConstraint('campaign_id', 'child_id', 'guardian_id', name=op.f('pk_audience_guardian')),
    )
    op.create_index(
        op.f('ix_audience_guardian_campaign_id_guardian_id'), 'audience_guardian', ['campaign_id', 'guardian_id']
    )
    op.execute(PAIRS)


def downgrade() -> None:
    op.drop_table('audience_guardian')
    op.drop_table('audience_group')
    op.drop_column('audience_line', 'group_number')
