"""Shortens what a user gave to what an error can repeat."""

MOST_CHARACTERS = 200


def shortened(given: object) -> str:
    """As it is up to MOST_CHARACTERS; of more, the first so many and how many there are."""
    text = str(given)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}... ({len(text):,} characters)"
