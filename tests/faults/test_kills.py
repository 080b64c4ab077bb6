"""F01: the server is killed in the middle of its work, again and again, and nobody's words are lost or doubled."""

from tests.apart import application
from tests.faults.load import Load, Server, World, held

KILLS, MORE = 3, 15


def test_what_was_acknowledged_outlives_every_kill_and_stands_once(tmp_path):
    with application(tmp_path) as app:
        world = World.made(app)
        with Server(app).running() as server, Load(world, server.port, people=9) as load:
            for _ in range(KILLS):
                load.wait_for_more(MORE)
                server.kill()
                server.start()
            load.wait_for_more(MORE)
            load.ending.set()
            for thread in load.threads:
                thread.join(30)
        assert load.tally.strange == []
        assert all(load.tally.acknowledged.values()), "each kind was taken"
        found = held(world, load.tally)
        assert found.is_whole, str(found)
