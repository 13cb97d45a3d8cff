"""Money on its way: what is held before a call, who pays for how it ended, and what is posted."""
