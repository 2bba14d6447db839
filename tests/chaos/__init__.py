"""Real processes over a real Redis, and what goes wrong with it: rounds, and strict verdicts."""
