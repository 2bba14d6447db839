"""What a run over several workers tells its server programs, in the environment."""

import os

ADDRESS = "BENCH_REDIS"  # the URL of the broker; nothing: one worker by itself
LAYER = "BENCH_LAYER"  # which of the layers of channels_redis
HISTORY = "BENCH_HISTORY"  # set: channels keep what was published

redis = os.environ.get(ADDRESS, "")
layer = os.environ.get(LAYER, "")
history = bool(os.environ.get(HISTORY))
