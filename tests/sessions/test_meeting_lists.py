"""Lists of participants as Zoom, Meet and Teams give them: read, matched, looked at, applied."""

import string
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cohort.models import User
from notifications import tasks
from sessions.meeting_lists import Certainty, Participant, UnreadableTable, match, read
from sessions.meeting_lists.matching import Person
from sessions.meeting_lists.names import called, plain
from sessions.models import Attendance, MeetingList
from sessions.services.attendance import mark_attendance
from tests.factories import MembershipFactory, SessionFactory, UserFactory

DATA = Path(__file__).parent / "data"


def written(name):
    """A list as it comes from the meeting; Teams writes UTF-16."""
    content = (DATA / f"{name}.csv").read_bytes()
    return content.decode("utf-16" if content.startswith(b"\xff\xfe") else "utf-8")


ZOOM_WITH_HEAD = written("zoom_with_head")
ZOOM_NEW = written("zoom_new")
ZOOM_BY_PERSON = "Name (Original Name),User Email,Total Duration (Minutes),Guest\nMia,,64,Yes\n"
MEET = written("meet")
TEAMS = written("teams")
TEAMS_OLD = written("teams_old")
TEAMS_OLDEST = written("teams_oldest")
MIA = "mia@example.org"


@pytest.mark.parametrize(
    ("content", "kind", "people"),
    [
        (ZOOM_WITH_HEAD, "zoom", [("Mia (she/her)", MIA, 70), ("Théo’s iPhone (Theo)", "", 20)]),
        (ZOOM_NEW, "zoom", [("Mia", MIA, 40)]),
        (ZOOM_BY_PERSON, "zoom", [("Mia", "", 64)]),
        (MEET, "meet", [("Mia Ruiz", MIA, 72), ("Theo", "", 45)]),
        (TEAMS, "teams", [("Mia Ruiz", MIA, 90), ("Théo (Guest)", "", 1)]),
        (TEAMS_OLD, "teams", [("Mia Ruiz", MIA, 50)]),
        (TEAMS_OLDEST, "teams", [("Mia Ruiz", "", None)]),
        ("name;email;minutes\nMia;MIA@Example.org;30\n", "other", [("Mia", MIA, 30)]),
    ],
    ids=["zoom", "zoom new", "zoom people", "meet", "teams", "teams old", "teams oldest", "other"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_read_finds_the_people_of_each_kind_of_list(content, kind, people, encoding):
    found = read(content.encode(encoding))

    assert found == (kind, [Participant(*person) for person in people])


def test_read_takes_what_a_spreadsheet_made_of_it():
    content = ZOOM_WITH_HEAD.replace(",", ";").replace("\n", "\r\n").encode("cp1252")

    assert [p.minutes for p in read(content)[1]] == [70, 20]


@pytest.mark.parametrize(
    ("stay", "minutes"),
    [
        ("93", 93), ("0:45", 1), ("1:33:02", 93), ("1 hr 33 min", 93), ("1h 33m 2s", 93),
        ("2 hours", 120), ("29s", 0), ("1,5", 2), ("", None), ("long", None), ("9" * 40, None),
        ("999999", 1440),
    ],
)  # fmt: skip
def test_read_understands_how_long(stay, minutes):
    found = read(f'Name\tEmail\tDuration\nMia\t{MIA}\t"{stay}"\nTheo\t\t5\n'.encode())[1]

    assert found[0] == Participant("Mia", MIA, minutes)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing in it"),
        (b"\xef\xbb\xbf \n", "nothing in it"),
        (b"%PDF-1.7 \x00\x01 binary", "no table of people"),
        (b"Title,When\nTrust,today\n", "no table of people"),
        (b"Name,Email\n", "nobody in the table"),
        (b"Name,Email\n" + b"x" * (2 * 1024 * 1024), "larger than 2 MB"),
        (b"Name,Email\n" + b"a,\n" * 10_001, "more than 10000 lines"),
        (b"Name,Email\n" + b"".join(b"a%d,\n" % n for n in range(2001)), "more than 2000 people"),
        (b'Name,Email\n"' + b"x" * 200_000 + b'",\n', "cannot be read as a table"),
    ],
)
def test_read_refuses_in_words_what_is_no_list(content, words):
    with pytest.raises(UnreadableTable, match=words):
        read(content)


@given(st.binary(max_size=400))
def test_read_of_anything_is_people_or_a_refusal(noise):
    head = b"Name,Email,Duration\n"
    for content in (noise, head + noise, head.decode().encode("utf-16") + noise):
        try:
            _kind, people = read(content)
        except UnreadableTable:
            continue
        for person in people:
            assert person.name
            assert "\x00" not in person.name + person.address
            assert len(person.name) <= 254
            assert person.minutes is None or 0 <= person.minutes <= 1440


@given(
    st.lists(
        st.tuples(st.sampled_from(["Ana", "Bo", "Cy"]), st.integers(1, 400)),
        min_size=1,
        max_size=30,
    )
)
def test_read_loses_no_minute_of_anybody(stays):
    lines = "".join(f"{name},,{minutes}\n" for name, minutes in stays)
    total: dict[str, int] = {}
    for name, minutes in stays:
        total[name] = total.get(name, 0) + minutes

    _kind, people = read(f"Name,Email,Minutes\n{lines}".encode())

    assert {p.name: p.minutes for p in people} == {n: min(m, 1440) for n, m in total.items()}


# ------------------------------------------------------------ who it is

PEOPLE = [
    Person(1, "Ana Ruiz", "ana.ruiz@school.example.org"),
    Person(2, "José Müller-Ibáñez", "jose@plant.example.org"),
    Person(3, "Maria Chen", "m.chen@college.example.org"),
    Person(4, "Maria Lopez", "lopez@example.org"),
    Person(5, "Maria Lopez", "maria@example.com"),
    Person(6, "Bao", "bao@example.org"),
]
SURE, GUESS = Certainty.NAME, Certainty.GUESS


@pytest.mark.parametrize(
    ("name", "address", "certainty", "pk"),
    [
        ("Whoever", "Ana.Ruiz@School.example.org".lower(), Certainty.ADDRESS, 1),
        ("Ana Ruiz", "private@example.com", SURE, 1),
        ("ana ruiz (she/her)", "", SURE, 1),
        ("Ana Ruiz (She/Her/Ella)", "", SURE, 1),
        ("Ruiz, Ana", "", SURE, 1),
        ("Dr. Ana M. Ruiz", "", SURE, 1),
        ("Ana Ruiz - Harbor High", "", SURE, 1),
        ("Ana Ruiz | Harbor", "", SURE, 1),
        ("Jose Muller-Ibanez", "", SURE, 2),
        ("JOSÉ MÜLLER IBÁÑEZ", "", SURE, 2),
        ("iPhone (Ana Ruiz)", "", SURE, 1),
        ("Ana Ruiz's iPhone", "", SURE, 1),
        ("iPhone de Ana", "", GUESS, 1),
        ("Ana's iPad", "", GUESS, 1),
        ("Ana Ruiz Harbor City Schools", "", GUESS, 1),
        ("participant", "ana.ruiz@mail.example.com", GUESS, 1),
        ("Chen", "", GUESS, 3),
        ("Maria", "", Certainty.SEVERAL, 0),
        ("Maria Lopez", "", Certainty.SEVERAL, 0),
        ("iPhone", "", Certainty.NOBODY, 0),
        ("(347) 555-0142", "", Certainty.NOBODY, 0),
        ("Notetaker", "", Certainty.NOBODY, 0),
        ("", "", Certainty.NOBODY, 0),
        ("Bao", "", SURE, 6),
    ],
)
def test_match_knows_people_by_address_and_by_what_they_call_themselves(
    name, address, certainty, pk
):
    found = match([Participant(name, address, 10)], PEOPLE)[0]

    assert (found.certainty, found.pk) == (certainty, pk)


@given(st.text(max_size=80), st.text(alphabet=string.printable, max_size=40))
def test_match_of_anything_names_a_person_or_none(name, address):
    found = match([Participant(name, address, None)], PEOPLE)[0]

    assert (found.pk in range(1, 7)) == (
        found.certainty not in (Certainty.SEVERAL, Certainty.NOBODY)
    )
    assert plain(plain(name)) == plain(name)
    assert all(called(name))


# ------------------------------------------------------------ looked at and applied


@pytest.fixture
def session(cast):
    return SessionFactory(cohort=cast.cohort, title="Trust")


def url(name, session, *more):
    return reverse(f"sessions:{name}", args=["spring", session.pk, *more])


def send(client, session, content, name="list.csv"):
    file = SimpleUploadedFile(name, content.encode())
    return client.post(url("attendance_import", session), {"file": file})


def marks(session):
    rows = Attendance.objects.filter(session=session).select_related("member__user")
    return {row.member.user.name: (row.mark, row.source, row.minutes) for row in rows}


def test_a_list_is_looked_at_before_anything_is_marked(browse, cast, session):
    client = browse(cast.fay)

    response = send(client, session, ZOOM_WITH_HEAD)

    kept = MeetingList.objects.get()
    assert response["Location"] == url("attendance_import_detail", session, kept.pk)
    page = client.get(response["Location"])
    rows = [(line.row.member, line.row.mark) for line in page.context["sure"]]
    assert rows == [(cast.mia, "attended"), (cast.theo, "partly")]
    assert page.context["unsure"] == []
    assert marks(session) == {}


def test_applying_marks_by_minutes_and_can_be_undone(browse, cast, session):
    client = browse(cast.fay)
    address = send(client, session, ZOOM_WITH_HEAD)["Location"]

    for _time in range(2):
        client.post(address, {"row-0": "Mia, Harbor", "row-1": "Theo, Harbor"})

    assert marks(session) == {"Mia": ("attended", "list", 70), "Theo": ("partly", "list", 20)}
    change = session.attendance_changes.get()
    client.post(url("attendance_undo", session, change.pk))
    assert marks(session) == {}


def test_each_row_can_be_matched_by_hand_or_left_out(browse, cast, session):
    client = browse(cast.fay)
    address = send(client, session, "Name,Email,Minutes\niPhone,,60\nMia,,20\nNotetaker,,60\n")
    address = address["Location"]
    assert [line.row.participant.name for line in client.get(address).context["unsure"]] == [
        "iPhone",
        "Notetaker",
    ]

    client.post(address, {"row-0": "tia", "row-1": "", "row-2": ""})

    assert marks(session) == {"Tia": ("attended", "list", 60)}


def test_two_rows_of_one_person_add_up(browse, cast, session):
    client = browse(cast.fay)
    address = send(client, session, "Name,Email,Minutes\niPhone,,25\nMia,,25\n")["Location"]

    client.post(address, {"row-0": "Mia", "row-1": "Mia"})

    assert marks(session) == {"Mia": ("attended", "list", 50)}


def test_an_unknown_name_comes_back_with_what_was_typed_and_nothing_is_lost(browse, cast, session):
    client = browse(cast.fay)
    address = send(client, session, "Name,Email,Minutes\niPhone,,60\nMia,,20\n")["Location"]

    response = client.post(address, {"row-0": "Olga", "row-1": "Tia"})

    assert response.status_code == 422
    assert 'value="Olga"' in response.content.decode()
    assert marks(session) == {}
    again = client.get(address)
    assert [line.row.member for line in again.context["sure"]] == [cast.tia]
    client.post(address, {"row-0": "Theo", "row-1": "Tia", "later": "1"})
    assert marks(session) == {}
    rows = client.get(address).context["sure"]
    assert [line.row.member for line in rows] == [cast.theo, cast.tia]
    listed = client.get(url("attendance_edit", session)).context["waiting_lists"]
    assert [kept.pk for kept in listed] == [MeetingList.objects.get().pk]


def test_what_was_set_by_hand_stays_unless_one_asks_for_more(browse, cast, session):
    mark_attendance(session=session, members=[cast.mia], mark="attended", by=cast.fay)
    Attendance.objects.create(session=session, member=cast.theo, mark="attended", source="join")
    client = browse(cast.fay)
    content = "Name,Email,Minutes\nMia,,5\nTheo,,5\n"
    address = send(client, session, content)["Location"]
    everybody = {"row-0": "Mia", "row-1": "Theo"}

    client.post(address, everybody)
    assert marks(session) == {
        "Mia": ("attended", "person", None),
        "Theo": ("partly", "list", 5),
    }

    client.post(address, {**everybody, "over_hand": "on"})
    assert marks(session)["Mia"] == ("partly", "list", 5)


def test_nobody_outside_the_cohort_is_found_or_offered(browse, cast, session):
    client = browse(cast.fay)
    content = f"Name,Email,Minutes\nOlga,{cast.olga.user.email},60\nObi,,60\nGone,,60\n"
    address = send(client, session, content)["Location"]

    page = client.get(address)

    assert [line.row.member for line in page.context["unsure"]] == [None, None, None]
    offered = ["Fay, Facilitator", "Mia, Harbor", "Theo, Harbor", "Tia, River"]
    assert page.context["people"] == offered


def test_people_of_one_name_are_told_apart(browse, cast, session):
    for n in (1, 2):
        user = UserFactory(name="Ana Ruiz", email=f"ana{n}@example.org")
        MembershipFactory(cohort=cast.cohort, team=cast.team, user=user)
    client = browse(cast.fay)
    address = send(client, session, "Name,Email,Minutes\nAna Ruiz,,60\n")["Location"]
    assert client.get(address).context["unsure"][0].row.certainty == Certainty.SEVERAL

    assert client.post(address, {"row-0": "Ana Ruiz"}).status_code == 422
    client.post(address, {"row-0": "Ana Ruiz, Harbor, ana2@example.org"})

    row = Attendance.objects.get()
    assert row.member.user == User.objects.get(email="ana2@example.org")


def test_a_file_that_is_no_list_is_refused_in_words(browse, cast, session):
    response = send(browse(cast.fay), session, "Title,When\nTrust,today\n")

    assert response.status_code == 422
    assert "no table of people" in response.content.decode()
    too_big = send(browse(cast.fay), session, "Name,Email\n" + "x" * (2 * 1024 * 1024))
    assert (too_big.status_code, "larger than 2 MB" in too_big.content.decode()) == (422, True)
    assert not MeetingList.objects.exists()


def test_a_list_can_be_thrown_away_and_only_so_many_are_kept(browse, cast, session, monkeypatch):
    monkeypatch.setattr(MeetingList, "MOST_KEPT", 2)
    client = browse(cast.fay)
    for _n in range(4):
        address = send(client, session, MEET)["Location"]
    assert MeetingList.objects.count() == 2

    client.post(address, {"discard": "1"})

    assert MeetingList.objects.count() == 1
    assert client.get(address).status_code == 404


def test_the_beat_throws_old_lists_away_and_leaves_the_marks(browse, cast, session):
    client = browse(cast.fay)
    applied, waiting, fresh = (send(client, session, MEET)["Location"] for _n in range(3))
    client.post(applied, {"row-0": "Mia"})
    kept = marks(session)
    assert kept
    lists = list(MeetingList.objects.order_by("pk"))
    now = timezone.now()
    MeetingList.objects.filter(pk__in=[one.pk for one in lists[:2]]).update(
        created_at=now - timedelta(days=30, minutes=1)
    )
    MeetingList.objects.filter(pk=lists[2].pk).update(
        created_at=now - timedelta(days=30) + timedelta(minutes=1)
    )

    tasks.beat()

    assert list(MeetingList.objects.all()) == [lists[2]]
    assert [client.get(address).status_code for address in (applied, waiting, fresh)] == [
        404,
        404,
        200,
    ]
    assert marks(session) == kept
