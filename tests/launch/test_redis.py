import pytest
import redis

from launch.console import Trouble
from launch.redis import Redis
from tests.ports import free_port

pytestmark = pytest.mark.services


@pytest.fixture
def server(tmp_path, supervisor) -> Redis:
    server = Redis(tmp_path / "redis", free_port())
    server.prepare()
    supervisor.wait_until_ready(supervisor.start(server.program()))
    return server


def test_redis_asks_for_its_password_and_drops_nothing(server):
    client = redis.Redis.from_url(server.url)
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert client.config_get("appendonly") == {"appendonly": "yes"}

    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=server.port).ping()


def test_what_was_written_is_there_after_a_restart(server, supervisor):
    redis.Redis.from_url(server.url).set("river", "wide")
    supervisor.stop_one("redis")

    supervisor.wait_until_ready(supervisor.start(server.program()))

    assert redis.Redis.from_url(server.url).get("river") == b"wide"


def test_files_it_cannot_read_are_kept_aside(server, supervisor, capsys):
    redis.Redis.from_url(server.url).set("river", "wide")
    supervisor.stop_one("redis")
    _spoil(server)
    with pytest.raises(Trouble, match="redis ended while it was starting"):
        supervisor.wait_until_ready(supervisor.start(server.program()))

    server.set_aside()
    supervisor.wait_until_ready(supervisor.start(server.program()))

    assert redis.Redis.from_url(server.url).get("river") is None
    assert "they are kept in" in capsys.readouterr().err


def _spoil(server: Redis) -> None:
    for path in server.folder.rglob("*.aof"):
        path.write_bytes(b"this is no journal of Redis\n" * 3)
