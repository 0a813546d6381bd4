"""Polls in posts: asked, answered, counted."""

from django.urls import reverse

from forums import services
from forums.models import Poll
from forums.queries.polls import polls_of

BUSES = services.NewPoll("Which day suits?", ["Monday", "Tuesday", "Friday"])


def ask(thread, author, **changes) -> Poll:
    new = services.NewPoll(**{**BUSES.__dict__, **changes})
    post = services.publish_reply(thread=thread, author=author, body="<p>Well?</p>", poll=new)
    return post.poll


def choose(poll, member, *texts):
    options = [option for option in poll.options.all() if option.text in texts]
    services.vote(poll=poll, member=member, options=options)


def seen(poll, member):
    return polls_of(member, [poll.post_id])[poll.post_id]


def counts(poll, member):
    return [option.votes for option in seen(poll, member).options]


def url(name, poll):
    post = poll.post
    return reverse(f"forums:{name}", args=["spring", post.thread_id, post.number])
