"""The demo cohort, loaded once for all of these tests and rolled back after them."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import models
from django.db.models import Count, F, Max, Q
from django.test import TestCase, override_settings
from django.utils import timezone

from cohort.models import Membership, User
from demo.loader import load as loader
from demo.loader.load import load
from demo.loader.people import password, sign_ins
from demo.models import Message
from forums.models import (
    STEP,
    Flag,
    Mention,
    Poll,
    Post,
    Reaction,
    Reading,
    Revision,
    Space,
    Thread,
    path_step,
)
from notifications.models import Delivery
from resources.models import FileVersion, Resource
from sessions.models import (
    RSVP,
    Attendance,
    ChatMessage,
    CloseOut,
    FollowUp,
    LearningSession,
    Room,
)
from sessions.services import invites
from tests.conftest import ensure_themes

KEPT = [
    Membership, Post, Reading, Space, Thread, FileVersion, Resource, RSVP, Attendance,
    ChatMessage, LearningSession, Room, User, EmailAddress, Reaction, Poll, Mention, Flag,
]  # fmt: skip


def counts():
    return {model.__name__: model._default_manager.count() for model in KEPT}


class DemoCohort(TestCase):
    """Loading takes seconds, so Django's own way to do it once: all is undone after the last."""

    @classmethod
    def setUpTestData(cls):
        ensure_themes()
        folder = cls.enterClassContext(TemporaryDirectory())
        cls.media = Path(folder)
        with override_settings(MEDIA_ROOT=folder):
            cls.cohort = load(timezone.now())

    def test_everybody_of_the_roster_is_in(self):
        members = Membership.objects.active().filter(cohort=self.cohort)
        assert members.count() == 91
        assert self.cohort.teams.count() == 10
        roles = members.values_list("role").annotate(n=models.Count("pk")).order_by("role")
        assert dict(roles) == {"facilitator": 4, "member": 75, "observer": 2, "team_lead": 10}

    def test_people_answer_lightly(self):
        denise = Membership.objects.get(cohort=self.cohort, user__email__startswith="denise.t")
        prompt = Thread.objects.get(cohort=self.cohort, answers_first=True)
        assert [post.number for post in Post.objects.visible_to(denise).filter(thread=prompt)] == [
            1
        ]
        assert Reaction.objects.filter(post__thread__cohort=self.cohort).count() > 100
        for poll in Poll.objects.filter(post__thread__cohort=self.cohort):
            assert poll.votes.values("member").distinct().count() >= Poll.FLOOR
        assert Mention.objects.get(post__thread=prompt).member.user.name == "Carlos Osei"
        flag = Flag.objects.get(post__thread__cohort=self.cohort)
        assert flag.post.author != flag.flagged_by
        revision = Revision.objects.get(post__thread__cohort=self.cohort)
        assert revision.body != revision.post.body

    def test_a_second_load_changes_nothing(self):
        before = counts()
        assert load(timezone.now() + timedelta(days=9)) is None
        assert counts() == before

    def test_past_sessions_are_closed_out_but_for_the_latest(self):
        past = LearningSession.objects.filter(cohort=self.cohort).past(timezone.now())
        is_finished = [CloseOut.objects.filter(session=session).exists() for session in past]
        assert is_finished == [False, True, True, True, True]
        for close_out in CloseOut.objects.filter(session__in=past):
            assert close_out.next_steps
            assert close_out.session.attendances.exclude(mark="").count() > 10
        given = [session.feedback.count() for session in past[1:]]
        assert max(given) > 20
        assert FollowUp.objects.filter(session__in=past).exists()

    def test_one_record_has_every_part(self):
        session = LearningSession.objects.get(title__startswith="Drivers:")
        parts = {
            "summary": session.summary,
            "recording": session.recording_url,
            "next steps": session.close_out.next_steps,
            "resources": session.resources.exists(),
            "transcript": session.room.messages.exists(),
            "attendance": session.attendances.exists(),
            "feedback": session.feedback.exists(),
            "notes": session.notes.text,
            "pulse": session.room.pulses.exists(),
        }
        assert [name for name, there in parts.items() if not there] == []
        went = [
            (row.question.text.split()[0], row.thread.title[:12] if row.thread else None)
            for row in session.follow_ups.exclude(question=None).order_by("pk")
        ]
        assert went == [("Which", "What finally"), ("Who", None)]
        assert session.follow_ups.exclude(line=None).count() <= 1

    def test_nobody_is_mailed_because_of_it(self):
        # The log of the weeks before is all settled; nothing waits to be sent.
        settled = {Delivery.State.SENT, Delivery.State.FAILED}
        assert set(Delivery.objects.values_list("state", flat=True)) == settled
        assert Delivery.objects.filter(settled_at__gt=timezone.now()).count() == 0
        assert Message.objects.count() == 0
        assert mail.outbox == []

    def test_calendars_hold_what_is_ahead_already(self):
        assert invites.plan(timezone.now()) == 0

    def test_it_is_mid_year(self):
        now = timezone.now()
        sessions = LearningSession.objects.filter(cohort=self.cohort)
        sessions = sessions.annotate(
            pulses_open=Count("room__pulses", Q(room__pulses__closed_at=None), distinct=True),
            lines=Count("room__messages", distinct=True),
        )
        assert sessions.past(now).count() == 5
        on_now, upcoming = sessions.ahead(now)[:2]
        assert (on_now.is_on, on_now.pulses_open, on_now.lines) == (True, 1, 6)
        assert upcoming.title == "Leaders: what trust is made of"
        assert timedelta(days=1) < upcoming.starts_at - now < timedelta(days=6)
        assert sessions.past(now).filter(summary_text="").count() == 0
        assert sessions.ahead(now).exclude(summary_text="").count() == 0

    def test_nothing_happened_in_the_future(self):
        now = timezone.now()
        assert Post.objects.filter(created_at__gt=now).count() == 0
        assert Resource.objects.filter(created_at__gt=now).count() == 0
        assert Membership.objects.filter(cohort=self.cohort, last_seen_at__gt=now).count() == 0
        assert RSVP.objects.filter(answered_at__gt=now).count() == 0

    def test_answers_come_after_what_they_answer(self):
        late = Q(created_at__lt=F("parent__created_at")) | Q(number__lte=F("parent__number"))
        assert Post.objects.filter(late).count() == 0

    def test_counters_and_trees_agree(self):
        for thread in Thread.objects.prefetch_related("posts__parent"):
            posts = sorted(thread.posts.all(), key=lambda post: post.number)
            assert [post.number for post in posts] == list(range(1, len(posts) + 1))
            assert thread.last_number == len(posts)
            assert thread.reply_count == len(posts) - 1
            assert thread.last_posted_at == max(post.created_at for post in posts)
            for post in posts:
                above = post.parent.path if post.parent else ""
                assert post.path == above + path_step(post.number)
            assert [p.pk for p in posts if p.parent_id is None] == [posts[0].pk]
            assert len(posts[0].path) == STEP

    def test_questions_are_answered_some_not(self):
        questions = Thread.objects.filter(kind="question")
        assert questions.exclude(answer=None).count() >= 10
        assert questions.filter(reply_count=0).count() >= 3
        assert Thread.objects.exclude(answer=None).exclude(answer__thread=F("pk")).count() == 0

    def test_there_is_something_unread_for_each_who_signs_in(self):
        for each in sign_ins():
            if member := Membership.objects.filter(user__email=each.email).first():
                visible = Thread.objects.visible_to(member)
                unread = visible.unread_by(member).count()
                assert 0 < unread < visible.count()

    def test_nobody_has_read_more_than_there_is_or_may_be_seen(self):
        assert Reading.objects.filter(number__gt=F("thread__last_number")).count() == 0
        member = Membership.objects.get(user__email=sign_ins()[2].email)
        seen = set(member.readings.values_list("thread", flat=True))
        assert seen - set(Thread.objects.visible_to(member).values_list("pk", flat=True)) == set()

    def test_some_teams_are_thin_for_the_next_session(self):
        now = timezone.now()
        upcoming = LearningSession.objects.ahead(now).filter(starts_at__gt=now).first()
        coming = {
            team.name: upcoming.rsvps.filter(member__team=team, answer="yes").count()
            for team in self.cohort.teams.all()
        }
        assert min(coming.values()) <= 2
        assert max(coming.values()) >= 5
        member = Membership.objects.get(user__email=sign_ins()[2].email)
        assert not upcoming.rsvps.filter(member=member).exists()

    def test_chats_are_in_order_and_without_gaps(self):
        rooms = Room.objects.annotate(last=Max("messages__seq"), n=models.Count("messages"))
        assert [room.pk for room in rooms if (room.last or 0) != room.last_seq] == []
        assert [room.pk for room in rooms if room.n != room.last_seq] == []
        for room in rooms:
            said = list(room.messages.order_by("seq").values_list("created_at", flat=True))
            assert said == sorted(said)

    def test_who_spoke_was_there(self):
        for room in Room.objects.exclude(last_seq=0):
            spoke = set(room.messages.values_list("sender", flat=True))
            there = room.session.attendances.filter(mark__in=["attended", "partly"])
            assert spoke - set(there.values_list("member", flat=True)) == set()

    def test_every_file_is_where_its_row_says(self):
        with override_settings(MEDIA_ROOT=self.media):
            for version in FileVersion.objects.select_related("resource"):
                assert default_storage.size(version.file.name) == version.size
                newest = version.resource.versions.latest("number")
                assert version.resource.current_version_id == newest.pk
        assert Resource.objects.filter(url="", current_version=None, current_page=None).count() == 0
        stored = [path for path in self.media.rglob("*") if path.is_file()]
        assert len(stored) == FileVersion.objects.count()

    def test_a_file_and_a_page_show_what_was_changed(self):
        chart, guide = Resource.objects.filter(updated_at__gt=F("created_at")).order_by("title")
        newest, first = chart.versions.all()
        assert newest.sha256 != first.sha256
        assert newest.note.startswith("Row 12")
        newest, first = guide.pages.all()
        assert guide.current_page == newest
        assert ("park" in newest.text, "park" in first.text) == (True, False)

    def test_links_into_the_library_lead_to_resources(self):
        post = Post.objects.filter(body__contains="/library/").first()
        target = int(post.body.partition("/library/")[2].partition("/")[0])
        assert Resource.objects.filter(pk=target).exists()
        assert Post.objects.filter(body__contains="[[").count() == 0

    def test_demo_accounts_sign_in_and_nobody_else(self):
        for each in sign_ins():
            assert authenticate(None, username=each.email, password=password())
            assert EmailAddress.objects.get(email=each.email).verified
        usable = [user for user in User.objects.all() if user.has_usable_password()]
        assert {user.email for user in usable} == {each.email for each in sign_ins()}
        assert [user.email for user in User.objects.filter(is_superuser=True)] == [
            "admin@example.org"
        ]


def test_what_could_not_be_finished_leaves_no_files(db, monkeypatch, tmp_path):
    stored = []

    def stumble(_now, library):
        stored.append(default_storage.save("resource/half", ContentFile(b"half")))
        library.stored += stored
        raise RuntimeError("out of words")

    monkeypatch.setattr(loader, "_load", stumble)
    with override_settings(MEDIA_ROOT=tmp_path), pytest.raises(RuntimeError, match="out of words"):
        load(timezone.now())
    assert stored
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_load_demo_refuses_outside_of_demo_mode(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo")
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo_sign_ins")


def test_demo_sign_ins_tells_who_and_how(settings):
    settings.DEMO = True
    said = StringIO()
    call_command("demo_sign_ins", stdout=said)
    lines = said.getvalue().splitlines()
    assert [line.split()[-2:] for line in lines] == [
        [each.email, password()] for each in sign_ins()
    ]
