"""From the mails of an archive to threads and posts, some at a time, each time whole."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from allauth.account.models import EmailAddress
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cohort.models import Membership, Theme
from cohort.services.tags import tags_named
from forums.mail_archive import reading
from forums.mail_archive.contents import Content, LeftOut, discard_files, read_content
from forums.mail_archive.planting import Group, Letter, Planter
from forums.mail_archive.reading import Mail
from forums.mail_archive.report import Outcome, Report
from forums.mail_archive.subjects import Subjects
from forums.mail_archive.threads import Tree, thread_mails
from forums.models import Post, Space

TAG = "imported"
# How many mails are written at once; a discussion is never cut in two.
BATCH = 200
_LOCK = 0x6D626F78  # "mbox"


class AlreadyImporting(Exception):
    """Another import into this cohort is under way."""


@dataclass(frozen=True)
class Choices:
    """Where an archive goes. `theme` is given to every discussion that it begins."""

    space: Space
    theme: Theme
    dry_run: bool = False


def import_archive(path: Path, choices: Choices) -> Report:
    """Bring in what is not here yet; nobody is mailed, and nothing shows as unread.

    Each batch is one transaction: after a kill the same call does the rest. Raises
    UnreadableArchive, OSError, AlreadyImporting, and NotStored where files cannot be written.
    """
    with _alone(choices.space.cohort_id), reading.opened(path) as file:
        return _Import(file, choices).run()


@contextmanager
def _alone(cohort_pk: int) -> Iterator[None]:
    """Two imports at once would begin the same discussions twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, cohort_pk])
        if not cursor.fetchone()[0]:
            raise AlreadyImporting
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, cohort_pk])


class _Import:
    def __init__(self, file: IO[bytes], choices: Choices) -> None:
        self.file = file
        self.choices = choices
        self.space = choices.space
        self.report = Report()
        self.now = timezone.now()
        self.namespace = uuid.uuid5(uuid.NAMESPACE_URL, f"cohort:{self.space.cohort_id}")

    def run(self) -> Report:
        mails = list(reading.read_mails(self.file))
        reading.settle_dates(mails, self.now)
        subjects = Subjects((mail.subject, mail.list_id) for mail in mails)
        mails = self._first_ones(mails)
        here = self._keys_here(mails)
        for mail in mails:
            if mail.key in here:
                self.report.add(mail, Outcome.HERE)
        self.members = self._members_by_address(mails)
        self.planter = Planter(
            self.space, self._theme_pks(), self._tag_pks(), self.now, keep=not self.choices.dry_run
        )
        for trees in _batches(thread_mails(mails, here, subjects)):
            self._import_all(trees, subjects)
        return self.report

    def _theme_pks(self) -> list[int]:
        theme = self.choices.theme
        return [pk for pk in (theme.parent_id, theme.pk) if pk]

    def _tag_pks(self) -> list[int]:
        if self.choices.dry_run:
            return []
        return [tag.pk for tag in tags_named(self.space.cohort, [TAG])]

    # ------------------------------------------------------------ what is new

    def _first_ones(self, mails: list[Mail]) -> list[Mail]:
        kept: dict[str, Mail] = {}
        for mail in mails:
            if mail.size > reading.MOST_MAIL:
                self.report.add(mail, Outcome.LEFT_OUT, "It is too large.")
            elif mail.is_automatic:
                self.report.add(mail, Outcome.LEFT_OUT, "It was sent by a program.")
            elif mail.key in kept:
                self.report.add(mail, Outcome.LEFT_OUT, "It is in the archive twice.")
            else:
                kept[mail.key] = mail
        return list(kept.values())

    def _source_key(self, key: str) -> uuid.UUID:
        return uuid.uuid5(self.namespace, key)

    def _keys_here(self, mails: list[Mail]) -> set[str]:
        keys = {key for mail in mails for key in (mail.key, *mail.parents)}
        by_source = {self._source_key(key): key for key in keys}
        here: set[str] = set()
        for chunk in _chunks(by_source, 5000):
            found = Post.objects.filter(source_key__in=chunk).values_list("source_key", flat=True)
            here.update(by_source[source] for source in found if source)
        return here

    def _members_by_address(self, mails: list[Mail]) -> dict[str, Membership]:
        """Members of the cohort, also those who left, by every address that is known of them."""
        addresses = {address for mail in mails for address in mail.author.addresses}
        members = Membership.objects.filter(cohort_id=self.space.cohort_id).select_related("user")
        by_user = {member.user_id: member for member in members}
        other = EmailAddress.objects.filter(user__in=by_user, verified=True)
        found = {row.email.lower(): by_user[row.user_id] for row in other}
        found |= {member.user.email: member for member in by_user.values()}
        return {address: found[address] for address in addresses if address in found}

    # ------------------------------------------------------------ a batch

    def _import_all(self, trees: list[Tree], subjects: Subjects) -> None:
        """All at once, or one by one if the database refuses something in them."""
        try:
            self._import(trees, subjects)
        except DatabaseError as error:
            if connection.connection is None or connection.connection.closed:
                raise
            if len(trees) > 1:
                for tree in trees:
                    self._import_all([tree], subjects)
                return
            why = f"The database refused its discussion ({type(error).__name__})."
            for mail in trees[0].mails:
                self.report.add(mail, Outcome.LEFT_OUT, why)

    def _import(self, trees: list[Tree], subjects: Subjects) -> None:
        done = Report()
        with ExitStack() as stack:
            # Files first, rows after: a file whose row does not come to be is taken back.
            groups = [self._group(tree, subjects, stack, done) for tree in trees]
            stack.enter_context(transaction.atomic())
            planted = self.planter.plant([group for group in groups if group.letters])
        for letter, outcome, why, thread_pk in planted:
            letter.mail.notes += letter.notes
            done.add(letter.mail, outcome, why, thread_pk)
            if outcome is Outcome.LEFT_OUT:
                continue
            done.files += letter.file_count
            if letter.author is None:
                done.unknown[letter.author_name] += 1
        self.report.take(done)

    def _group(self, tree: Tree, subjects: Subjects, stack: ExitStack, done: Report) -> Group:
        group = Group(below=self._source_key(tree.below) if tree.below else None)
        letters: dict[str, Letter] = {}
        for mail in tree.mails:
            content = self._content(mail, done)
            if content is None:
                continue
            addresses = mail.author.addresses
            letters[mail.key] = letter = Letter(
                mail=mail,
                html=content.html,
                notes=content.notes,
                source_key=self._source_key(mail.key),
                title=subjects.title(mail.subject),
                author=next(filter(None, map(self.members.get, addresses)), None),
            )
            try:
                self.planter.take_files(letter, content.files, stack)
            finally:
                discard_files(content)
        for key, letter in letters.items():
            # What could not be read is passed over: its replies answer whom it answered.
            above = tree.parents.get(key, "")
            while above and above not in letters:
                above = tree.parents.get(above, "")
            letter.parent = letters.get(above)
        group.letters = list(letters.values())
        return group

    def _content(self, mail: Mail, done: Report) -> Content | None:
        try:
            return read_content(reading.raw_mail(self.file, mail))
        except LeftOut as reason:
            done.add(mail, Outcome.LEFT_OUT, str(reason))
        except Exception as error:  # mails are made up in every way: none may stop the others
            done.add(mail, Outcome.LEFT_OUT, f"It cannot be read ({type(error).__name__}).")
        return None


def _batches(trees: Iterable[Tree]) -> Iterator[list[Tree]]:
    batch: list[Tree] = []
    for tree in trees:
        batch.append(tree)
        if sum(len(each.mails) for each in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _chunks(keys: Iterable[uuid.UUID], size: int) -> Iterator[list[uuid.UUID]]:
    keys = list(keys)
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
