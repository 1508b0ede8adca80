"""Words sentences for people: truncates what a user gave, keeps a library's first line, suggests known names."""

from collections.abc import Sequence
from difflib import get_close_matches

# Of what a user gave: longer input hides the sentence that repeats it.
MOST_CHARACTERS = 200
# Of what a library says of a failure.
MOST_CHARACTERS_OF_ERROR = 300
# More names than this hide the sentence that they are in.
MOST_LISTED = 20


def truncate(given: object) -> str:
    """Truncates a text to MOST_CHARACTERS and appends its full length; a shorter one stays as it is."""
    text = str(given)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}... ({len(text):,} characters)"


def first_line(error: BaseException) -> str:
    """The first line of an error's message: some libraries dump their internals below it.

    An error without a message gives its class name.
    """
    return (str(error).splitlines() or [type(error).__name__])[0][:MOST_CHARACTERS_OF_ERROR]


def unknown_name(kind: str, name: str, known: Sequence[str]) -> str:
    """Error text for an unknown name, with close matches; lists all known names if there are at most MOST_LISTED."""
    name = truncate(name)
    if len(known) > MOST_LISTED:
        near = get_close_matches(name, known, cutoff=0.0)
        return f'no {kind} is called "{name}": did you mean {_either(near)}? {len(known)} are known'
    near = get_close_matches(name, known)
    hint = f"did you mean {_either(near)}? " if near else ""
    return f'no {kind} is called "{name}": {hint}known are {", ".join(known)}'


def _either(names: Sequence[str]) -> str:
    return " or ".join(f'"{each}"' for each in names)
