"""The state file: channels, groups, users, tokens and prices as an operator declares them."""
