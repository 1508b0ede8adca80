"""Says which known names come nearest to one that is not known."""

from collections.abc import Sequence
from difflib import get_close_matches

from ml.shortened import shortened

# More names than this hide the sentence that they are in.
MOST_LISTED = 20


def unknown_name(kind: str, name: str, known: Sequence[str]) -> str:
    """One sentence for an error: what was asked, what is nearest to it, what there is; where that is much, how many."""
    name = shortened(name)
    if len(known) > MOST_LISTED:
        near = get_close_matches(name, known, cutoff=0.0)
        return f'no {kind} is called "{name}": did you mean {_either(near)}? {len(known)} are known'
    near = get_close_matches(name, known)
    hint = f"did you mean {_either(near)}? " if near else ""
    return f'no {kind} is called "{name}": {hint}known are {", ".join(known)}'


def _either(names: Sequence[str]) -> str:
    return " or ".join(f'"{each}"' for each in names)
