"""A fixed group may have other groups in it, and coaches of its own."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

LISTED, OF_CLUB = 'ix_membership_club_id_group_id_contact_id', 'ix_membership_club_id'


def upgrade() -> None:
    # A bot of the version before knows neither table: what it takes away goes from them by itself.
    op.create_table(
        'group_part',
        sa.Column('club_id', sa.Uuid(), nullable=False),
        sa.Column('group_id', sa.Uuid(), nullable=False),
        sa.Column('part_id', sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(['club_id'], ['club.id'], name=op.f('fk_group_part_club_id_club')),
        sa.ForeignKeyConstraint(
            ['group_id'], ['contact_group.id'], name=op.f('fk_group_part_group_id_contact_group'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['part_id'], ['contact_group.id'], name=op.f('fk_group_part_part_id_contact_group'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('group_id', 'part_id', name=op.f('pk_group_part')),
    )
    op.create_index(op.f('ix_group_part_club_id'), 'group_part', ['club_id'])
    op.create_index(op.f('ix_group_part_part_id'), 'group_part', ['part_id'])
    op.create_table(
        'group_staff',
        sa.Column('club_id', sa.Uuid(), nullable=False),
        sa.Column('group_id', sa.Uuid(), nullable=False),
        sa.Column('slack_user_id', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['club_id'], ['club.id'], name=op.f('fk_group_staff_club_id_club')),
        sa.ForeignKeyConstraint(
            ['group_id'], ['contact_group.id'], name=op.f('fk_group_staff_group_id_contact_group'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('group_id', 'slack_user_id', name=op.f('pk_group_staff')),
    )
    op.create_index(op.f('ix_group_staff_club_id_slack_user_id'), 'group_staff', ['club_id', 'slack_user_id'])

    # By the club alone a list of twenty was found among all that the club's lists have.
    op.create_index(LISTED, 'membership', ['club_id', 'group_id', 'contact_id'])
    op.drop_index(OF_CLUB, 'membership')


def downgrade() -> None:
    op.create_index(OF_CLUB, 'membership', ['club_id'])
    op.drop_index(LISTED, 'membership')
    op.drop_table('group_staff')
    op.drop_table('group_part')
