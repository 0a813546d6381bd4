"""Mails as a list's archive holds them, and what became of them."""

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO

from PIL import Image

from forums.models import Post, Thread

BEGAN = datetime(2024, 3, 4, 15, 0, tzinfo=UTC)


def mail(
    name: str = "1",
    *,
    body: str | bytes = "Who drives the bus?",
    minutes: int = 0,
    sender: str = "Mia <mia@example.org>",
    subject: str = "Buses",
    answers: str = "",
    references: str = "",
    kind: str = "text/plain; charset=utf-8",
    **more: str,
) -> bytes:
    """One mail in mbox form. `answers` and `references` name other mails; empty fields are left."""
    fields = {
        "Message-ID": f"<{name}@mail.example.org>" if name else "",
        "From": sender,
        "Subject": subject,
        "Date": format_datetime(BEGAN + timedelta(minutes=minutes)),
        "In-Reply-To": _ids(answers),
        "References": _ids(references),
        "Content-Type": kind,
        **{field.replace("_", "-"): value for field, value in more.items()},
    }
    head = "".join(f"{field}: {value}\n" for field, value in fields.items() if value)
    content = body if isinstance(body, bytes) else body.encode()
    return b"From list Mon Mar  4 15:00:00 2024\n" + head.encode() + b"\n" + content + b"\n\n"


def _ids(names: str) -> str:
    return " ".join(f"<{name}@mail.example.org>" for name in names.split())


def multipart(kind: str, *parts: tuple[str, bytes]) -> dict:
    """The `kind` and `body` of a mail of several parts, each with its head."""
    body = b"".join(f"--edge\n{head}\n\n".encode() + content + b"\n" for head, content in parts)
    return {"kind": f"multipart/{kind}; boundary=edge", "body": body + b"--edge--\n"}


def file_part(name: str, content: bytes, kind: str = "application/octet-stream", more: str = ""):
    head = (
        f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: attachment; filename="{name}"{more}'
    )
    return head, base64.encodebytes(content)


def png(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def shape(thread: Thread | None = None) -> list[tuple[int, int | None]]:
    """Each post's number and that of what it answers."""
    posts = Post.objects.filter(thread=thread) if thread else Post.objects.all()
    return list(posts.order_by("thread", "number").values_list("number", "parent__number"))


def outcomes(found) -> list[str]:
    return [outcome for outcome, _why, _notes in found]


def raw(boxed: bytes) -> bytes:
    return boxed.partition(b"\n")[2]


def with_files(*parts) -> dict:
    return multipart("mixed", ("Content-Type: text/plain", b"See the plan."), *parts)
