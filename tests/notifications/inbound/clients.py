"""Answers as mail programs write them, made from the very mail that was answered."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr

OUR_SERVER = "mx.example.org"
RESULTS = "dkim=pass header.d=example.org; dmarc=pass (p=none) header.from=example.org"
PROVEN = f"{OUR_SERVER}; {RESULTS}"
ARRIVED = f"from mail.example.org by {OUR_SERVER} with ESMTPS; Mon, 7 Dec 2026 10:00:00 +0000"
WORDS = "Two more drivers start on Monday."  # what mia answers


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)


def parts_of(ours: EmailMessage) -> tuple[str, str]:
    plain, html = ours.get_body(("plain",)), ours.get_body(("html",))
    return plain.get_content(), html.get_content()


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.rstrip().split("\n"))


def answer(
    ours: EmailMessage, text: str | None, html: str | None = None, **headers
) -> EmailMessage:
    """A proven answer to one of our mails, with these parts."""
    mail = EmailMessage()
    everything = {
        "Received": ARRIVED,
        "Authentication-Results": PROVEN,
        "From": ours["To"],
        "To": ours["Reply-To"] or ours["From"],
        "Subject": f"Re: {ours['Subject']}".replace("Re: Re: ", "Re: "),
        "Date": "Mon, 07 Dec 2026 10:00:00 +0000",
        "Message-ID": make_msgid(domain="mail.example.org"),
        "In-Reply-To": ours["Message-ID"],
        "References": f"{ours['References'] or ''} {ours['Message-ID']}".strip(),
    }
    for name, value in (everything | {k.replace("_", "-"): v for k, v in headers.items()}).items():
        if value is not None:
            mail[name] = value
    if text is not None:
        mail.set_content(text)
        if html is not None:
            mail.add_alternative(html, subtype="html")
    elif html is not None:
        mail.set_content(html, subtype="html")
    return mail


def gmail(ours: EmailMessage, words: str, **headers) -> EmailMessage:
    text, html = parts_of(ours)
    who = f"On Mon, Dec 7, 2026 at 9:58 AM {ours['From'].addresses[0].display_name} <"
    below = f"{who}\n{parseaddr(ours['From'])[1]}> wrote:\n\n{quoted(text)}\n"
    page = (
        f'<div dir="ltr">{words}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{who} &lt;x&gt; wrote:<br></div>'
        f'<blockquote class="gmail_quote">{html}</blockquote></div>'
    )
    return answer(ours, f"{words}\n\n{below}", page, **headers)


def outlook(ours: EmailMessage, words: str, **headers) -> EmailMessage:
    """Top-posted, the older mail below a block of headers, not marked line by line."""
    text, html = parts_of(ours)
    head = f"From: {ours['From']}\nSent: Monday, December 7, 2026 9:58 AM\nTo: Mia\n"
    head += f"Subject: {ours['Subject']}\n"
    below = f"\n\nMia Ortega\nDean of Careers\n\n________________________________\n{head}\n{text}"
    page = (
        f'<html><body><div class="elementToProof">{words}</div><div id="appendonsend"></div><hr>'
        f'<div id="divRplyFwdMsg"><b>From:</b> x</div><div>{html}</div></body></html>'
    )
    return answer(ours, words + below, page, X_Auto_Response_Suppress="All", **headers)


def outlook_phone(ours: EmailMessage, words: str, **headers) -> EmailMessage:
    """HTML alone."""
    _text, html = parts_of(ours)
    page = (
        f'<html><body><div dir="ltr">{words}</div><div id="ms-outlook-mobile-signature">Get '
        f'<a href="https://example.com">Outlook for iOS</a></div><hr><div id="divRplyFwdMsg">'
        f"<b>From:</b> x</div>{html}</body></html>"
    )
    return answer(ours, None, page, **headers)


def apple(ours: EmailMessage, words: str, **headers) -> EmailMessage:
    text, html = parts_of(ours)
    who = f"On Dec 7, 2026, at 9:58 AM, {ours['From']} wrote:"
    below = f"{who}\n\n{text}"
    page = (
        f'<html><body>{words}<br><blockquote type="cite">{who}<br>{html}</blockquote></body></html>'
    )
    return answer(ours, f"{words}\n\n{quoted(below)}\n", page, **headers)


def iphone(ours: EmailMessage, words: str, **headers) -> EmailMessage:
    text, _html = parts_of(ours)
    below = f"On Dec 7, 2026, at 9:58 AM, {ours['From']} wrote:\n\n{text}"
    return answer(ours, f"{words}\n\nSent from my iPhone\n\n{quoted(below)}\n", **headers)


def thunderbird(ours: EmailMessage, words: str, **headers) -> EmailMessage:
    """The answer below the quote, as it is set up at first, and a signature below that."""
    text, _html = parts_of(ours)
    name = ours["From"].addresses[0].display_name
    return answer(
        ours,
        f"On 12/7/26 9:58 AM, {name} wrote:\n{quoted(text)}\n\n{words}\n\n-- \nMia Ortega\n",
        **headers,
    )


CLIENTS = [gmail, outlook, outlook_phone, apple, iphone, thunderbird]
