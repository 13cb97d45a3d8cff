"""The `options` that a channel of any vendor may have. What depends on a wire format is a table by format, one file an option."""
