"""How much an audit may be asked for, and what it is of where nobody says."""

# Of three runs one can tell how far they scatter; each takes as long as the first.
FEWEST_RUNS, MOST_RUNS = 3, 50
# Each is replayed as often as there are runs.
MOST_STRATEGIES, MOST_LABELS_PER_CLASS = 10, 100

DEFAULT_RIVALS, DEFAULT_RUNS, DEFAULT_LABELS_PER_CLASS = ("margin",), 10, 1
