"""What `/v1/responses` keeps."""

from piccolo.columns import UUID, BigInt, Bytea, Varchar
from piccolo.table import Table


class Response(Table, tablename="responses"):
    """`id` is made of owner and response id, and `sealed` is bound to it. What was said is nowhere but in `sealed`."""

    id = UUID(primary_key=True)
    owner = Varchar(length=100)
    response_id = Varchar(length=255, index=True)
    previous_id = Varchar(length=255, null=True, default=None)
    channel = Varchar(length=100, null=True, default=None, help_text="whose vendor keeps it too")
    sealed = Bytea(secret=True, help_text="nonce and AES-256-GCM ciphertext")
    expires_at = BigInt(index=True, help_text="Unix seconds")
