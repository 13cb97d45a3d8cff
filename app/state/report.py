"""What applying a state file did, in lines for the operator. Values are never shown: they may be secrets."""

from collections.abc import Iterator, Sequence

from app.state.changes import INTENT, Change


def report(changes: Sequence[Change], *, dry_run: bool = False) -> Iterator[str]:
    """One line a change, one for all that stays, and each generated key, which nothing shows again."""
    for change in changes:
        if change.action != "unchanged":
            verb = f"would {INTENT[change.action]}" if dry_run else change.action
            words = f": {', '.join(change.words)}" if change.words else ""
            yield f"{verb} {change.kind} {change.name}{words}"
        if change.note:
            yield f"note: {change.kind} {change.name}: {change.note}"
    yield f"unchanged: {sum(change.action == 'unchanged' for change in changes)}"
    for change in changes:
        if change.key:
            yield (
                f"would generate a key for token {change.name}"
                if dry_run
                else f"key of token {change.name}, shown only this once: {change.key}"
            )
