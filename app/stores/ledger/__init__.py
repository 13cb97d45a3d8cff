"""The ledger's writers: operations are grouped, posted in one transaction, and answered."""
