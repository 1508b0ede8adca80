"""Shows names that come from anywhere, such as files', without letting them steer the terminal."""


def printable(name: object) -> str:
    """The name on one line; what is not printable is written as in Python."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in str(name))
