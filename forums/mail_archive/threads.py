"""Which mail answers which: by References and In-Reply-To, and by subject where there are none.

After Jamie Zawinski's algorithm (jwz.org/doc/threading.html), but for two things: every discussion
begins with one mail, and mails that are here already draw later ones into their discussion.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from forums.mail_archive.reading import Mail
from forums.mail_archive.subjects import Subjects

# A "Re: …" without references answers the last mail of its subject, if that is no older.
SUBJECT_WINDOW = timedelta(days=30)


@dataclass(slots=True, eq=False)
class Node:
    """A message that is known of: a mail of the archive, or one that others answer."""

    key: str
    mail: Mail | None = None
    is_here: bool = False  # a post already
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        """It has something to hang replies on."""
        return self.mail is not None or self.is_here


@dataclass
class Tree:
    """New mails of one discussion: below a post that is here, or beginning with `mails[0]`."""

    below: str  # the key of a post that is here; empty for a discussion of its own
    mails: list[Mail] = field(default_factory=list)
    # By key of a mail: that of the mail or post it answers.
    parents: dict[str, str] = field(default_factory=dict)


def thread_mails(mails: Iterable[Mail], here: set[str], subjects: Subjects) -> list[Tree]:
    """The trees of the mails that are not here yet, in the order in which they began.

    `here` are the keys that are posts already, of mails in the archive and of whom they answer.
    """
    mails = sorted(mails, key=lambda mail: (mail.moment, mail.place))
    nodes = _linked(mails, here)
    _gather_orphans(nodes, mails)
    _join_by_subject(nodes, mails, subjects)
    return _trees(nodes, mails)


def _linked(mails: list[Mail], here: set[str]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}

    def node(key: str) -> Node:
        if key not in nodes:
            nodes[key] = Node(key, is_here=key in here)
        return nodes[key]

    for mail in mails:
        mine = node(mail.key)
        mine.mail = mail
        above: Node | None = None
        for key in mail.parents:
            below = node(key)
            if above and below.parent is None:
                _put(below, above)
            above = below
        if above:
            # What a mail says of itself goes before what others said of it.
            _take_off(mine)
            _put(mine, above)
    return nodes


def _put(node: Node, parent: Node) -> None:
    """Unless that would make it its own ancestor."""
    step: Node | None = parent
    while step:
        if step is node:
            return
        step = step.parent
    node.parent = parent
    parent.children.append(node)


def _take_off(node: Node) -> None:
    if node.parent:
        node.parent.children.remove(node)
        node.parent = None


def _present_parent(node: Node) -> Node | None:
    """The nearest ancestor that has something to hang replies on."""
    step = node.parent
    while step and not step.counts:
        step = step.parent
    return step


def _top(node: Node) -> Node:
    while node.parent:
        node = node.parent
    return node


def _gather_orphans(nodes: dict[str, Node], mails: list[Mail]) -> None:
    """Let those that answer the same missing mail stand together, below the first of them.

    One that is here goes before: what comes later joins its discussion.
    """
    first: dict[str, Node] = {}
    roots = [nodes[mail.key] for mail in mails if _present_parent(nodes[mail.key]) is None]
    for root in sorted(roots, key=lambda root: not root.is_here):
        missing = _top(root)
        if missing is root:
            continue
        opener = first.setdefault(missing.key, root)
        _take_off(root)
        if opener is not root:
            _put(root, opener)
    for root in roots:
        # It was missing the last time; those that answer it are here already.
        if root.parent is None and not root.is_here:
            child = next((each for each in root.children if each.is_here), None)
            if child:
                _take_off(child)
                _put(root, child)


def _join_by_subject(nodes: dict[str, Node], mails: list[Mail], subjects: Subjects) -> None:
    last: dict[str, tuple[Mail, Node]] = {}
    for mail in mails:
        node = nodes[mail.key]
        title = subjects.bare(mail.subject).casefold()
        if not title:
            continue
        found = last.get(title)
        is_lost = node.parent is None and not node.is_here and subjects.is_reply(mail.subject)
        if is_lost and found and mail.moment - found[0].moment <= SUBJECT_WINDOW:
            _put(node, found[1])
        last[title] = (mail, _top(node))


def _trees(nodes: dict[str, Node], mails: list[Mail]) -> list[Tree]:
    trees: dict[str, Tree] = {}
    for mail in mails:
        node = nodes[mail.key]
        if node.is_here:
            continue
        root, below = node, ""
        while parent := _present_parent(root):
            if parent.is_here:
                below = parent.key
                break
            root = parent
        tree = trees.setdefault(f"{below}\0{'' if below else root.key}", Tree(below))
        parent = _present_parent(node)
        if parent:
            tree.parents[mail.key] = parent.key
            tree.mails.append(mail)
        else:
            tree.mails.insert(0, mail)
    return list(trees.values())
