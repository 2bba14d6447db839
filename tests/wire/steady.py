"""How the property tests run."""

from hypothesis import settings

# The same examples each time, however slow the machine is; new ones are the fuzzer's business.
steady = settings(derandomize=True, database=None, deadline=None)
