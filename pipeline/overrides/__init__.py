"""The language in which an operator edits what goes up to a vendor: paths into the body, conditions, operations, placeholders.

It is New-API's dialect with a few more words, so that what was written there loads here unchanged. Everything is read once, when
the configuration is loaded, into objects that only act; `docs/overrides.md` is the operator's page.
"""
