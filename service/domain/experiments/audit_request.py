"""Limits and defaults of the options of an audit."""

# Three runs are the fewest that show how much results vary; each run takes as long as the first.
FEWEST_RUNS, MOST_RUNS = 3, 50
# Each strategy is replayed once per run.
MOST_STRATEGIES, MOST_LABELS_PER_CLASS = 10, 100

DEFAULT_RIVALS, DEFAULT_RUNS, DEFAULT_LABELS_PER_CLASS = ("margin",), 10, 1
