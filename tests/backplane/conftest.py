"""The Redis servers of these tests."""

from tests.support.redis import make_redis, redis_server, shared_redis

__all__ = ["make_redis", "redis_server", "shared_redis"]
