"""A mailing list's archive as people and their mail programs write it, of any size."""

import base64
import quopri
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from pathlib import Path

PEOPLE = [
    ("Ana Ruiz", "ana@example.org"),
    ("Björn Åkesson", "bjorn@example.org"),
    ("Chidi Okafor", "chidi@example.org"),
    ("Dalia Haddad", "dalia@example.org"),
    ("Earl Whitfield", "earl@example.org"),
    ("Fumiko Tanaka", "fumiko@example.org"),
    ("Grace O’Neill", "grace@example.org"),
    ("Hector Núñez", "hector@example.org"),
]
_VOCABULARY = """
    apprentice employer school teacher bus schedule credit hour shop student parent visit funding
    agreement mentor college partner board safety insurance calendar summer transport wage skill
    training form deadline district counselor interest pathway the a to of and we they for with
    is are was from our your on at by as it that this have will would could more first next
"""
WORDS = _VOCABULARY.split()
FOOTER = (
    "\n_______________________________________________\nCoop-list mailing list\n"
    "coop-list@lists.example.org\nhttps://lists.example.org/mailman/listinfo/coop-list\n"
)
GROUPS_FOOTER = (
    "\n-- \nYou received this message because you are subscribed to the Google Groups "
    '"Coop list" group.\nTo unsubscribe from this group and stop receiving emails from it, send '
    "an email to coop-list+unsubscribe@lists.example.org.\n"
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def write_archive(path: Path, count: int, seed: int = 1) -> None:
    with path.open("wb") as file:
        for mail in mails(count, seed):
            file.write(mail)


def mails(count: int, seed: int = 1) -> Iterator[bytes]:
    """So many mails in mbox form: threads of one to thirty, in the order in which they came."""
    dice = random.Random(seed)
    moment = datetime(2022, 9, 1, 12, tzinfo=UTC)
    threads: list[dict] = []
    for number in range(count):
        moment += timedelta(minutes=dice.randint(1, 180))
        if not threads or dice.random() < 0.2:
            threads.append({"subject": sentence(dice, 3, 8), "mails": []})
            del threads[:-40]
            thread = threads[-1]
        else:
            thread = dice.choice(threads)
        yield _mail(dice, number, moment, thread)


def sentence(dice: random.Random, least: int, most: int) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(least, most))).capitalize()


def _mail(dice: random.Random, number: int, moment: datetime, thread: dict) -> bytes:
    name, address = dice.choice(PEOPLE)
    own = "\n\n".join(
        ". ".join(sentence(dice, 6, 18) for _each in range(dice.randint(1, 5))) + "."
        for _each in range(dice.randint(1, 4))
    )
    answered = dice.choice(thread["mails"][-6:]) if thread["mails"] else None
    body = own + (f"\n\n-- \n{name}\nCo-op office\n" if dice.random() < 0.4 else f"\n\n{name}\n")
    if answered:
        quoted = "\n".join(f"> {line}" for line in answered["body"].split("\n"))
        body += f"\nOn {moment:%a, %b %d, %Y} {answered['name']} <{answered['address']}> wrote:\n"
        body += f"{quoted}\n"
    body += dice.choice([FOOTER, GROUPS_FOOTER, ""])
    message_id = f"<{number}.{dice.randrange(10**9)}@mail.example.org>"
    references = [*answered["references"], answered["id"]][-12:] if answered else []
    thread["mails"].append(
        {"id": message_id, "body": own, "name": name, "address": address, "references": references}
    )
    subject = f"{'Re: ' if answered else ''}[coop-list] {thread['subject']}"
    head = [
        f"From {address} {moment:%a %b %d %H:%M:%S %Y}",
        f"From: {Header(name, 'utf-8').encode()} <{address}>",
        "To: coop-list@lists.example.org",
        f"Subject: {subject}",
        f"Date: {format_datetime(moment)}",
        "List-Id: Coop list <coop-list.lists.example.org>",
        "MIME-Version: 1.0",
    ]
    if dice.random() < 0.99:
        head.append(f"Message-ID: {message_id}")
    if answered and dice.random() < 0.9:
        head.append(f"In-Reply-To: {answered['id']}")
        head.append("References: " + "\n ".join(references))
    content = _content(dice, number, body)
    text = "\n".join(head).encode() + b"\n" + content
    return text.replace(b"\nFrom ", b"\n>From ").rstrip(b"\n") + b"\n\n"


def _content(dice: random.Random, number: int, body: str) -> bytes:
    kind = dice.random()
    if kind < 0.5:
        return _text("plain", body, dice.choice(["utf-8", "utf-8", "iso-8859-1", "windows-1252"]))
    if kind < 0.6:
        return _text("html", _html(body), "utf-8")
    if kind < 0.9:
        return _many("alternative", _text("plain", body), _text("html", _html(body)))
    picture = (
        b"Content-Type: image/png; name=logo.png\nContent-ID: <logo>\n"
        b"Content-Disposition: inline\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(PNG)
    )
    table = (
        f"Content-Type: text/csv; name=plan-{number}.csv\n"
        f"Content-Disposition: attachment; filename=plan-{number}.csv\n\nday,school\nMonday,A\n"
    )
    return _many("mixed", _text("plain", body), picture, table.encode())


def _text(kind: str, text: str, charset: str = "utf-8") -> bytes:
    encoded = quopri.encodestring(text.encode(charset, "replace"))
    head = f"Content-Type: text/{kind}; charset={charset}\n"
    return f"{head}Content-Transfer-Encoding: quoted-printable\n\n".encode() + encoded


def _many(kind: str, *parts: bytes) -> bytes:
    joined = b"".join(b"--edge\n" + part.rstrip(b"\n") + b"\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="edge"\n\n'.encode() + joined + b"--edge--\n"


def _html(body: str) -> str:
    own, _line, quoted = body.partition("\nOn ")
    paragraphs = "".join(f"<div>{part}</div>" for part in own.split("\n\n"))
    introduction, _line, quoted = quoted.partition("\n")
    quote = (
        f'<div class="gmail_quote"><div class="gmail_attr">On {introduction}<br></div>'
        f'<blockquote class="gmail_quote">{quoted}</blockquote></div>'
    )
    return f"<html><body>{paragraphs}{quote if introduction else ''}</body></html>"
