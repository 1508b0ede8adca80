"""Shortens what a library says of a failure to what a person reads."""

MOST_CHARACTERS = 300


def first_line(error: BaseException) -> str:
    """Some libraries dump their internals below it; an error without a message gives its kind."""
    return (str(error).splitlines() or [type(error).__name__])[0][:MOST_CHARACTERS]
