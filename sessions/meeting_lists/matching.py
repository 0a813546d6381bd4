"""Who somebody in a meeting's list is: by address, by name, or as good a guess as there is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from cohort.addresses import canonical_address
from sessions.meeting_lists.names import called, plain, words_of
from sessions.meeting_lists.reading import Participant


class Certainty(Enum):
    ADDRESS = "address"
    NAME = "name"
    GUESS = "guess"
    SEVERAL = "several"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Person:
    """Somebody of the cohort, by membership."""

    pk: int
    name: str
    address: str


@dataclass(frozen=True)
class Match:
    """`pk` is 0 for SEVERAL and NOBODY: a person has to say who it is."""

    certainty: Certainty
    pk: int = 0


def match(participants: Sequence[Participant], people: Sequence[Person]) -> list[Match]:
    """Who each of the participants is, in their order."""
    book = _Book(people)
    return [book.find(participant) for participant in participants]


class _Book:
    def __init__(self, people: Sequence[Person]) -> None:
        self.by_address = {canonical_address(person.address): person.pk for person in people}
        self.by_name: dict[str, set[int]] = defaultdict(set)
        self.by_words: dict[frozenset[str], set[int]] = defaultdict(set)
        self.words: dict[int, frozenset[str]] = {}
        self.having: dict[str, set[int]] = defaultdict(set)
        for person in people:
            words = words_of(person.name)
            self.by_name[plain(person.name)].add(person.pk)
            self.by_words[words].add(person.pk)
            self.words[person.pk] = words
            for word in words:
                self.having[word].add(person.pk)

    def find(self, participant: Participant) -> Match:
        if pk := self.by_address.get(participant.address):
            return Match(Certainty.ADDRESS, pk)
        names = list(called(participant.name))
        for name in names:
            for found in (self.by_name.get(plain(name)), self.by_words.get(words_of(name))):
                if found:
                    return _only(found, Certainty.NAME)
        local = participant.address.partition("@")[0]
        for name in (*names, *([local] if local else [])):
            if found := self._like(words_of(name)):
                return _only(found, Certainty.GUESS)
        return Match(Certainty.NOBODY)

    def _like(self, words: frozenset[str]) -> set[int]:
        """Whose whole name is among the words, or else whose name has all of these words."""
        near = set().union(*(self.having.get(word, set()) for word in words))
        whole = {pk for pk in near if len(self.words[pk]) > 1 and self.words[pk] <= words}
        return whole or {pk for pk in near if words <= self.words[pk]}


def _only(found: set[int], certainty: Certainty) -> Match:
    if len(found) == 1:
        return Match(certainty, next(iter(found)))
    return Match(Certainty.SEVERAL)
