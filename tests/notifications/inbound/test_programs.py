"""What programs send is no answer: automatic mail, and reports of mail that did not arrive."""

import pytest

from forums.models import Draft
from notifications.models import Bounce, InboundMail
from tests.notifications.inbound import clients
from tests.notifications.inbound.clients import WORDS
from tests.notifications.inbound.conftest import sent_now

pytestmark = pytest.mark.django_db
State = InboundMail.State


# ---------------------------------------------------------------- programs


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x@example.org"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "away"},
        {"List_Id": "<other.example.org>"},
        {"Subject": "Automatic reply: Buses"},
        {"Subject": "Out of office Re: Buses"},
        {"Subject": "Respuesta automática: Buses"},
        {"From": "Mail Delivery <MAILER-DAEMON@example.org>"},
        {"From": "no-reply@example.org"},
    ],
    ids=str,
)
def test_a_program_s_mail_is_left_alone_and_answered_by_nothing(headers, ours, receive, thread):
    kept = receive(clients.gmail(ours, WORDS, **headers))
    assert (kept.state, kept.reason) == (State.IGNORED, "automatic")
    assert thread.posts.count() == 2
    assert not Draft.objects.exists()
    assert sent_now() == []


def test_the_empty_envelope_sender_is_a_program_s(ours, receive):
    assert receive(clients.gmail(ours, WORDS), sender="").reason == "automatic"
    assert receive(clients.gmail(ours, WORDS), sender="mia@example.org").reason == "posted"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"X_Auto_Response_Suppress": "All"},
        {"Subject": "Re: Is the office out of buses?"},
    ],
    ids=str,
)
def test_people_s_mail_is_no_program_s(headers, ours, receive):
    assert receive(clients.gmail(ours, WORDS, **headers)).reason == "posted"


# ---------------------------------------------------------------- reports


def report(ours, address="mia@example.org", status="5.1.1", action="failed", message_id=None):
    return f"""From: mailer-daemon@mail.example.org
To: notify@example.org
Message-ID: <report-1@mail.example.org>
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type="delivery-status"; boundary="cut"

--cut
Content-Type: text/plain

It did not arrive.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--cut
Content-Type: message/rfc822

Message-ID: {message_id or ours["Message-ID"]}
Subject: {ours["Subject"]}

Words.
--cut--
""".encode()


def test_a_report_of_our_mail_counts_against_its_address(ours, receive):
    kept = receive(report(ours), sender="")
    assert kept.reason == "bounce"
    bounce = Bounce.objects.get()
    assert (bounce.address, bounce.kind) == ("mia@example.org", "hard")
    assert "550 no such user" in bounce.detail
    receive(report(ours).replace(b"report-1", b"report-2"), sender="")
    assert Bounce.objects.count() == 1, "the same mail counts once"


def test_a_delay_is_no_hard_bounce(ours, receive):
    receive(report(ours, status="4.4.1", action="delayed"), sender="")
    assert Bounce.objects.get().kind == "soft"


@pytest.mark.parametrize(
    "made_up", [{"message_id": "<made-up@example.org>"}, {"address": "theo@example.org"}], ids=str
)
def test_a_made_up_report_counts_for_nothing(made_up, ours, receive):
    assert receive(report(ours, **made_up), sender="").reason == "report"
    assert not Bounce.objects.exists()


def test_a_complaint_stops_mail_to_the_address(ours, receive):
    data = report(ours).replace(b'report-type="delivery-status"', b'report-type="feedback-report"')
    assert receive(data, sender="").reason == "bounce"
    assert Bounce.objects.get().kind == "complaint"
