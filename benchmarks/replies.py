"""How long a reply takes to be answered, whether one person follows its thread or a thousand."""

import http.client
import re
import time
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from benchmarks.beside import Reference, reference_page
from benchmarks.measure import quantile
from benchmarks.servers import free_port, page_server
from benchmarks.world import World

# Milliseconds, where the reference page takes 3.5.
LONGEST = 25.0


@dataclass(frozen=True)
class Answers:
    p50: float
    p95: float
    reference: float  # p50 of the reference page, asked for right before


@dataclass(frozen=True)
class ReplyFigures:
    alone: Answers
    crowd: Answers
    followers: int
    decided_in: float  # seconds, from the beat's turn until every mail is in the outbox
    deliveries: int

    @property
    def times_alone(self) -> float:
        return self.alone.p50 / self.alone.reference

    @property
    def times_crowd(self) -> float:
        return self.crowd.p50 / self.crowd.reference


def measure(world: World, *, count: int) -> ReplyFigures:
    """Replies one after the other, first with one follower, then with every member of the cohort.

    Raises RuntimeError for any answer but the redirect to the new post.
    """
    from django.utils import timezone

    from cohort.models import Membership
    from forums.models import Follow, Level, Post
    from notifications import planning
    from notifications.models import Delivery

    port = free_port()
    members = Membership.objects.filter(cohort__slug=world.slug)
    with (
        page_server("config.wsgi:application", port, "--config", "python:deploy.pages"),
        reference_page(world.database) as reference,
    ):
        _reply(port, world, reference, count=5)
        alone = _reply(port, world, reference, count=count)
        Follow.objects.bulk_create(
            [
                Follow(member=member, thread_id=world.thread_1, level=Level.EVERYTHING)
                for member in members
            ],
            ignore_conflicts=True,
        )
        crowd = _reply(port, world, reference, count=count)
    # As if the window in which replies are gathered were over.
    Post.objects.untold().update(created_at=timezone.now() - timedelta(hours=1))
    begun = time.perf_counter()
    planning.plan_due(timezone.now())
    decided_in = time.perf_counter() - begun
    mails = Delivery.objects.filter(kind__startswith="forums.", cohort__slug=world.slug)
    return ReplyFigures(alone, crowd, members.count(), decided_in, mails.count())


def _reply(port: int, world: World, reference: Reference, *, count: int) -> Answers:
    beside = reference.burst(max(20, count), 1).p50
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    path = f"/c/{world.slug}/discussions/{world.thread_1}/"
    connection.request("GET", path, headers={"Cookie": world.reader})
    response = connection.getresponse()
    page = response.read().decode()
    cookie = response.getheader("Set-Cookie", "").split(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    if token is None:
        raise RuntimeError(f"{path}: {response.status}, no form to reply with")
    headers = {
        "Cookie": f"{world.reader}; {cookie}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    latencies = []
    for number in range(count):
        body = urlencode(
            {
                "csrfmiddlewaretoken": token[1],
                "body": f"A measured reply, the {number}th. " * 12,
                "parent": "1",
            }
        )
        begun = time.perf_counter()
        connection.request("POST", f"{path}posts/", body, headers)
        response = connection.getresponse()
        response.read()
        latencies.append((time.perf_counter() - begun) * 1000)
        if response.status != 302:
            raise RuntimeError(f"{path}posts/: {response.status}")
    return Answers(quantile(latencies, 0.5), quantile(latencies, 0.95), beside)
