"""finished jobs"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "finished_jobs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_finished_jobs_finished_at", "finished_jobs", ["finished_at"])


def downgrade() -> None:
    op.drop_table("finished_jobs")
