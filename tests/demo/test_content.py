"""The words of the demo fit what the product keeps, and speak of people who exist."""

import re
from collections import Counter

import pytest

from cohort.models import User
from demo.loader import content
from demo.loader.people import nickname, sign_ins
from demo.loader.plans import agenda
from demo.loader.year import planned_day
from forums.models import BODY_LIMIT, Thread
from resources.models import Resource

PEOPLE = {nickname(row["email"]) for row in content.rows("roster.csv")}
TEAMS = {row["team"] for row in content.rows("roster.csv") if row["team"]}
THREADS = list(content.threads())
RESOURCES = list(content.resources())
SESSIONS = content.sessions()


def test_there_is_enough_to_look_real():
    assert len(THREADS) >= 60
    assert sum(len(thread.replies) for thread in THREADS) >= 300
    assert len(RESOURCES) >= 40
    assert len(PEOPLE) == 91


def test_everybody_who_speaks_is_in_the_roster():
    spoke = {words.header["by"].split()[0] for words in [*THREADS, *RESOURCES]}
    spoke |= {reply.author for thread in THREADS for reply in thread.replies}
    spoke |= {line.author for words in SESSIONS.values() for line in content.chat(words.body)}
    assert spoke - PEOPLE == set()


def test_observers_write_nothing():
    observers = {
        nickname(row["email"]) for row in content.rows("roster.csv") if row["role"] == "observer"
    }
    assert len(observers) == 2
    assert [t.title for t in THREADS for r in t.replies if r.author in observers] == []


def test_profiles_fit_their_fields():
    profiles = content.toml("people.toml")
    assert set(profiles) - PEOPLE == set()
    limits = {"title": "title", "bio": "bio", "can_help": "can_help_with",
              "looking_for": "looking_for_help_with"}  # fmt: skip
    too_long = [
        (name, ours)
        for name, profile in profiles.items()
        for ours, theirs in limits.items()
        if len(profile.get(ours, "")) > User._meta.get_field(theirs).max_length
    ]
    assert too_long == []


def test_every_team_has_a_purpose():
    assert set(content.toml("cohort.toml")["teams"]) == TEAMS


@pytest.mark.parametrize("thread", THREADS, ids=lambda thread: thread.title[:40])
def test_thread_is_well_formed(thread):
    assert len(thread.title) <= Thread._meta.get_field("title").max_length
    assert thread.listed("themes", ";")
    assert thread.header.get("kind", "discussion") in Thread.Kind.values
    assert thread.header.get("audience", "cohort") in {"cohort", "facilitators", *TEAMS}
    depth = 0
    for reply in thread.replies:
        assert 1 <= reply.depth <= depth + 1
        assert 0 < len(reply.body) < BODY_LIMIT
        depth = reply.depth
    if helper := thread.header.get("answer"):
        assert helper in {reply.author for reply in thread.replies}


def test_titles_and_keys_are_used_once():
    assert [title for title, n in Counter(t.title for t in THREADS).items() if n > 1] == []
    assert [key for key, n in Counter(r.key for r in RESOURCES).items() if n > 1] == []


def test_links_into_the_library_lead_somewhere():
    keys = {resource.key for resource in RESOURCES}
    words = [t.body for t in THREADS] + [r.body for t in THREADS for r in t.replies]
    linked = {key for body in words for key in re.findall(r"\[\[lib:([^|\]]+)", body)}
    linked |= {key for words in SESSIONS.values() for key in words.listed("resources")}
    assert linked
    assert linked - keys == set()


def test_what_the_cohort_reads_does_not_link_to_a_team_s_own():
    private = {r.key for r in RESOURCES if "audience" in r.header}
    public = [t for t in THREADS if "audience" not in t.header]
    words = [t.body for t in public] + [r.body for t in public for r in t.replies]
    assert private
    assert [key for key in private for body in words if f"[[lib:{key}|" in body] == []


def test_trade_speaks_of_people_and_things_that_exist():
    words = content.toml("trade.toml")
    named = {name for names in words["helpful"].values() for name in names}
    signed = [row[part] for row in words["trials"] for part in ("by", "reported") if part in row]
    signed += [row[part] for row in words["requests"] for part in ("by", "closed") if part in row]
    answers = [answer for row in words["requests"] for answer in row.get("answers", [])]
    signed += [by for _key, by in answers]
    assert (named | {text.split()[0] for text in signed}) - PEOPLE == set()
    shared = {resource.key for resource in RESOURCES if "audience" not in resource.header}
    told = {row["of"] for row in words["trials"]} | {
        t.header["about"] for t in THREADS if "about" in t.header
    }
    told |= {key for row in words["lists"] for key, _note in row["items"]}
    told |= {key for key, _by in answers}
    assert {row["by"] for row in words["lists"]} - PEOPLE == set()
    assert ({*words["featured"], *words["helpful"]} | told) - shared == set()


def test_sessions_speak_of_threads_that_exist():
    titles = {thread.title for thread in THREADS}
    assert {
        t for words in SESSIONS.values() for t in words.listed("threads", ";")
    } - titles == set()


def test_every_session_of_the_year_is_described():
    assert set(SESSIONS) == {row["title"] for row in content.rows("year.csv")}


def test_no_line_of_a_transcript_is_lost():
    for words in SESSIONS.values():
        lines = [line for line in content.section(words.body, "chat").splitlines() if line.strip()]
        assert len(lines) == len(content.chat(words.body))


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.key)
def test_resource_is_well_formed(resource):
    assert resource.header["kind"] in Resource.Kind.values
    assert len(resource.header["title"]) <= 160
    assert len(resource.header.get("used", "")) <= 2000
    assert resource.body
    # A link, or a text: of a file, or of a page.
    assert ("url" in resource.header) != bool(resource.content)
    assert not {"url", "file"} <= set(resource.header)
    changed = resource.header.get("again", "")
    assert (resource.at_first != resource.content) == bool(changed)
    assert not changed or changed.split()[0] in PEOPLE


def test_sign_ins_are_one_per_role():
    assert [each.role for each in sign_ins()] == [
        "facilitator", "team_lead", "member", "observer", "site_admin",
    ]  # fmt: skip
    assert {nickname(each.email) for each in sign_ins()} - PEOPLE == {"admin"}


def test_the_anchor_is_a_session():
    assert planned_day(content.toml("cohort.toml")["anchor"])


def test_agendas_fit_their_sessions_and_are_led_by_people_who_exist():
    minutes = {row["title"]: int(row["minutes"]) for row in content.rows("year.csv")}
    planned = {title: agenda(words.body) for title, words in SESSIONS.items()}
    with_agenda = {title: parts for title, parts in planned.items() if parts}
    assert len(with_agenda) >= 5
    assert {
        title: sum(part[0] for part in parts)
        for title, parts in with_agenda.items()
        if sum(part[0] for part in parts) > minutes[title]
    } == {}
    leads = {name for parts in with_agenda.values() for _m, _t, names in parts for name in names}
    assert leads - PEOPLE - TEAMS == set()


def test_there_is_a_series_a_draft_and_one_called_off():
    more = content.rows("more.csv")
    assert Counter(row["status"] for row in more) == {"scheduled": 5, "cancelled": 1, "draft": 1}
    assert Counter(row["series"] for row in more)["writing"] == 3
    assert all(row["reason"] for row in more if row["status"] == "cancelled")
