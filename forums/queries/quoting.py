"""Words of a post to answer below, as somebody types them who has no editor."""

from cohort.richtext import to_text


def quoted(html: str) -> str:
    """The text of a post, each line behind a >, with room to write below."""
    lines = to_text(html).split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"
