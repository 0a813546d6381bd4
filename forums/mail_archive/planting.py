"""Trees of mails as rows: threads, posts with their numbers and paths, files, readings."""

import heapq
import uuid
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from cohort import references, richtext
from cohort.files import CheckedFile, stored
from cohort.models import Membership, Role
from cohort.search import words_of_file
from forums import live
from forums.mail_archive.reading import Mail
from forums.mail_archive.report import Outcome
from forums.models import (
    Attachment,
    Post,
    Reading,
    Space,
    Thread,
    ThreadTag,
    ThreadTheme,
    path_below,
)
from forums.services.attachments import attachment_html


@dataclass(slots=True, eq=False)
class Letter:
    """A mail that is to be a post."""

    mail: Mail
    html: str
    source_key: uuid.UUID
    title: str
    author: Membership | None
    notes: list[str]
    parent: "Letter | None" = None
    files: list[Attachment] = field(default_factory=list)
    file_count: int = 0
    post: Post | None = None

    @property
    def author_name(self) -> str:
        return self.mail.author.name or _("Somebody on the list")


@dataclass
class Group:
    """Letters of one discussion: below a post that is here, or one of their own."""

    below: uuid.UUID | None
    letters: list[Letter] = field(default_factory=list)


class Planted(NamedTuple):
    letter: Letter
    outcome: Outcome
    why: str
    thread_pk: int | None


class Planter:
    """Writes groups of letters into a space. Without `keep` it only says what would come of it."""

    def __init__(
        self,
        space: Space,
        theme_pks: list[int],
        tag_pks: list[int],
        now: datetime,
        *,
        keep: bool,
    ) -> None:
        self.space = space
        self.theme_pks = theme_pks
        self.tag_pks = tag_pks
        self.now = now
        self.keep = keep
        # They are asked once: imported history shows as unread to none of them. Observers keep no
        # readings at all.
        readers = space.readers().exclude(role=Role.OBSERVER)
        self.reader_pks = list(readers.values_list("pk", flat=True)) if keep else []

    def take_files(self, letter: Letter, files: list[CheckedFile], stack: ExitStack) -> None:
        """Store a letter's files and put them at the end of its text.

        They are taken back if what follows on the stack fails. Raises NotStored.
        """
        letter.file_count = len(files)
        if not self.keep:
            return
        for checked in files:
            path = stack.enter_context(stored(checked, Attachment))
            attachment = Attachment(
                cohort=self.space.cohort,
                added_by=letter.author,
                file=path,
                name=checked.name,
                content_type=checked.content_type,
                size=checked.size,
                sha256=checked.sha256,
                width=checked.width,
                height=checked.height,
                created_at=letter.mail.moment,
            )
            letter.files.append(attachment)
            letter.html += attachment_html(attachment)

    def plant(self, groups: list[Group]) -> list[Planted]:
        """What became of every letter. Call in a transaction."""
        new = [group for group in groups if group.below is None]
        old = [group for group in groups if group.below is not None]
        return self._begin(new) + self._add(old)

    # ------------------------------------------------------------ discussions of their own

    def _begin(self, groups: list[Group]) -> list[Planted]:
        planted, threads = [], []
        rows: list[Letter] = []
        for group in groups:
            opening = self._opening(group)
            letters = _in_order(group.letters)
            thread = self._thread(opening, letters)
            threads.append(thread)
            self._number(thread, letters, start=1)
            rows += letters
        if self.keep:
            Thread.objects.bulk_create(threads)
            self._save_posts(rows)
            self._label(threads)
            self._mark_read(threads)
        for letter in rows:
            post = _post_of(letter)
            outcome = Outcome.STARTED if post.number == 1 else Outcome.REPLIED
            planted.append(Planted(letter, outcome, "", post.thread.pk))
        return planted

    def _opening(self, group: Group) -> Letter:
        """What the discussion begins with; others that answer nothing that is here answer it."""
        roots = [letter for letter in group.letters if letter.parent is None]
        opening = min(roots, key=lambda letter: (letter.mail.moment, letter.mail.place))
        for root in roots:
            root.parent = None if root is opening else opening
        return opening

    def _thread(self, opening: Letter, letters: list[Letter]) -> Thread:
        last = max(letters, key=lambda letter: letter.mail.moment)
        return Thread(
            cohort_id=self.space.cohort_id,
            space=self.space,
            author=opening.author,
            title=opening.title or _("Without a subject"),
            created_at=opening.mail.moment,
            last_posted_at=last.mail.moment,
            last_post_by=last.author,
            last_number=len(letters),
            reply_count=len(letters) - 1,
        )

    # ------------------------------------------------------------ discussions that are here

    def _add(self, groups: list[Group]) -> list[Planted]:
        """Replies to posts that an earlier run brought in, wherever these are by now."""
        found = Post.objects.filter(source_key__in=[group.below for group in groups])
        theirs = Thread.objects.filter(pk__in=found.values("thread"))
        threads = {
            thread.pk: thread for thread in theirs.select_for_update(no_key=True).order_by("pk")
        }
        posts = {post.source_key: post for post in found}
        by_thread: dict[int, list[Letter]] = defaultdict(list)
        above: dict[Letter, Post] = {}
        planted = []
        for group in groups:
            post = posts.get(group.below)
            thread = threads.get(post.thread_id) if post else None
            if post is None or thread is None or thread.deleted_at:
                why = "The discussion that it belongs to was removed here."
                planted += [Planted(each, Outcome.LEFT_OUT, why, None) for each in group.letters]
                continue
            for letter in group.letters:
                if letter.parent is None:
                    above[letter] = post
            by_thread[thread.pk] += group.letters
        for pk, letters in by_thread.items():
            self._add_to(threads[pk], _in_order(letters), above)
            planted += [Planted(letter, Outcome.REPLIED, "", pk) for letter in letters]
        return planted

    def _add_to(self, thread: Thread, letters: list[Letter], above: dict[Letter, Post]) -> None:
        read_all = thread.last_number
        self._number(thread, letters, start=read_all + 1, above=above)
        last = max(letters, key=lambda letter: letter.mail.moment)
        thread.last_number = read_all + len(letters)
        thread.reply_count += len(letters)
        if last.mail.moment >= thread.last_posted_at:
            thread.last_posted_at = last.mail.moment
            thread.last_post_by = last.author
        if not self.keep:
            return
        self._save_posts(letters, above)
        thread.save(update_fields=["last_number", "reply_count", "last_posted_at", "last_post_by"])
        readings = Reading.objects.filter(thread=thread, number=read_all)
        readings.update(number=thread.last_number)
        live.thread_changed(thread.pk, thread.last_number)

    # ------------------------------------------------------------ rows

    def _number(
        self,
        thread: Thread,
        letters: list[Letter],
        *,
        start: int,
        above: dict[Letter, Post] | None = None,
    ) -> None:
        for number, letter in enumerate(letters, start=start):
            parent = _post_of(letter.parent) if letter.parent else (above or {}).get(letter)
            letter.post = Post(
                thread=thread,
                author=letter.author,
                author_name="" if letter.author else letter.author_name,
                number=number,
                path=path_below(parent.path if parent else "", number),
                source_key=letter.source_key,
                body=letter.html,
                body_text=richtext.to_text(letter.html),
                attached_names=" ".join(words_of_file(file.name) for file in letter.files),
                references=references.references_in(letter.html, self.space.cohort.slug),
                created_at=letter.mail.moment,
                told_at=self.now,
                rung_at=self.now,
            )

    def _save_posts(self, letters: list[Letter], above: dict[Letter, Post] | None = None) -> None:
        """A parent is saved before its replies: one statement for each generation."""
        children: dict[Letter | None, list[Letter]] = defaultdict(list)
        for letter in letters:
            children[letter.parent].append(letter)
        generation = children[None]
        for letter in generation:
            _post_of(letter).parent = (above or {}).get(letter)
        while generation:
            Post.objects.bulk_create([_post_of(letter) for letter in generation])
            following = [child for letter in generation for child in children[letter]]
            for child in following:
                _post_of(child).parent = _post_of(child.parent)
            generation = following
        files = []
        for letter in letters:
            for file in letter.files:
                file.post = letter.post
                files.append(file)
        Attachment.objects.bulk_create(files)

    def _label(self, threads: list[Thread]) -> None:
        ThreadTheme.objects.bulk_create(
            ThreadTheme(content_object=thread, tag_id=pk)
            for thread in threads
            for pk in self.theme_pks
        )
        ThreadTag.objects.bulk_create(
            ThreadTag(content_object=thread, tag_id=pk) for thread in threads for pk in self.tag_pks
        )

    def _mark_read(self, threads: Iterable[Thread]) -> None:
        Reading.objects.bulk_create(
            [
                Reading(member_id=pk, thread=thread, number=thread.last_number, read_at=self.now)
                for thread in threads
                for pk in self.reader_pks
            ],
            batch_size=5000,
        )


def _post_of(letter: Letter | None) -> Post:
    if letter is None or letter.post is None:
        raise ValueError("This letter has no number yet.")
    return letter.post


def _in_order(letters: list[Letter]) -> list[Letter]:
    """As they arrived, but none before what it answers, whatever its clock said."""
    children: dict[Letter | None, list[Letter]] = defaultdict(list)
    for letter in letters:
        children[letter.parent].append(letter)
    heap = [_arrival(letter) for letter in children[None]]
    heapq.heapify(heap)
    order = []
    while heap:
        letter = heapq.heappop(heap)[2]
        order.append(letter)
        for child in children[letter]:
            heapq.heappush(heap, _arrival(child))
    return order


def _arrival(letter: Letter) -> tuple[datetime, int, Letter]:
    return letter.mail.moment, letter.mail.place, letter
