"""Helps to write messages for people: truncates input, shortens errors of libraries, suggests known names."""

from collections.abc import Sequence
from difflib import get_close_matches

# Longer input of a user would hide the sentence that quotes it.
MOST_CHARACTERS = 200
# Limit for error messages of libraries.
MOST_CHARACTERS_OF_ERROR = 300
# A longer list of names would hide the sentence around it.
MOST_LISTED = 20


def truncate(given: object) -> str:
    """Truncate a text to MOST_CHARACTERS and append its full length; a shorter text is returned unchanged."""
    text = str(given)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}... ({len(text):,} characters)"


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its class name if there is no message.

    Some libraries dump their internals in the lines below.
    """
    return (str(error).splitlines() or [type(error).__name__])[0][:MOST_CHARACTERS_OF_ERROR]


def unknown_name(kind: str, name: str, known: Sequence[str]) -> str:
    """Write the error text for an unknown name: close matches, and all known names if at most MOST_LISTED."""
    name = truncate(name)
    if len(known) > MOST_LISTED:
        near = get_close_matches(name, known, cutoff=0.0)
        return f'no {kind} is called "{name}": did you mean {_either(near)}? {len(known)} are known'
    near = get_close_matches(name, known)
    hint = f"did you mean {_either(near)}? " if near else ""
    return f'no {kind} is called "{name}": {hint}known are {", ".join(known)}'


def _either(names: Sequence[str]) -> str:
    return " or ".join(f'"{each}"' for each in names)
