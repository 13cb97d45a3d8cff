"""Jobs that one node does at a time."""

from piccolo.columns import BigInt, Varchar
from piccolo.table import Table


class JobLease(Table, tablename="job_leases"):
    """Whoever holds a job's lease does it, until it has not said so for a while."""

    id = Varchar(length=40, primary_key=True, help_text="the job")
    holder = Varchar(length=40)
    until = BigInt(help_text="Unix seconds by the database's clock")
