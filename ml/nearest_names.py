"""Says which known names come nearest to one that is not known."""

from collections.abc import Sequence
from difflib import get_close_matches


def unknown_name(kind: str, name: str, known: Sequence[str]) -> str:
    """One sentence for an error: what was asked, what is nearest to it, what there is."""
    nearest = " or ".join(f'"{each}"' for each in get_close_matches(name, known))
    hint = f"did you mean {nearest}? " if nearest else ""
    return f'no {kind} is called "{name}": {hint}known are {", ".join(known)}'
