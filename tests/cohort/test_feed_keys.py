import logging
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from cohort.logs import HideSecrets
from cohort.models import AuditEntry, FeedKey
from cohort.services import feed_keys


def make(member, name="Reader"):
    return feed_keys.make_key(member=member, name=name, form_key=uuid.uuid4())


def test_a_key_opens_and_only_its_hash_is_kept(mia):
    key, secret = make(mia)

    assert FeedKey.objects.opened_by(secret) == key
    assert len(secret) >= 43  # 256 bits in base64
    kept = FeedKey.objects.filter(pk=key.pk).values().get()
    assert secret not in str(kept)
    entry = AuditEntry.objects.get(action="feed_key.made")
    assert secret not in f"{entry.subject} {entry.details}"
    assert (entry.subject, entry.actor_pk) == ("Reader", mia.user_id)


def test_no_two_secrets_are_alike(mia):
    assert len({make(mia)[1] for _ in range(5)}) == 5


@pytest.mark.parametrize("wrong", ["", "x", "x" * 43, "x" * 5000, "\0", "é"])
def test_what_is_no_secret_opens_nothing(mia, wrong):
    make(mia)

    assert FeedKey.objects.opened_by(wrong) is None


def test_a_key_opens_nothing_once_it_should_not(cast):
    revoked, secret = make(cast.mia)
    feed_keys.revoke_key(key=revoked, by=cast.mia)
    assert FeedKey.objects.opened_by(secret) is None

    _key, secret = make(cast.theo)
    cast.theo.left_at = timezone.now()
    cast.theo.save()
    assert FeedKey.objects.opened_by(secret) is None

    _key, secret = make(cast.tia)
    cast.tia.user.is_active = False
    cast.tia.user.save()
    assert FeedKey.objects.opened_by(secret) is None

    _key, secret = make(cast.obi)
    cast.cohort.norms_version += 1
    cast.cohort.save()
    assert FeedKey.objects.opened_by(secret) is None


def test_a_member_has_five_keys_at_most_and_a_revoked_one_makes_room(cast):
    keys = [make(cast.mia)[0] for _ in range(FeedKey.MOST)]
    with pytest.raises(feed_keys.TooManyKeys):
        make(cast.mia)
    make(cast.theo)

    feed_keys.revoke_key(key=keys[0], by=cast.mia)
    make(cast.mia)
    assert cast.mia.feed_keys.standing().count() == FeedKey.MOST


def test_the_same_form_makes_one_key(mia):
    once = uuid.uuid4()
    feed_keys.make_key(member=mia, name="Reader", form_key=once)
    with pytest.raises(feed_keys.ShownAlready):
        feed_keys.make_key(member=mia, name="Reader", form_key=once)

    assert mia.feed_keys.count() == 1


def test_revoking_twice_leaves_one_line(mia):
    key, _secret = make(mia)
    feed_keys.revoke_key(key=key, by=mia)
    feed_keys.revoke_key(key=key, by=mia)

    assert AuditEntry.objects.filter(action="feed_key.revoked").count() == 1


def test_use_is_noted_about_once_an_hour(mia, django_assert_num_queries):
    key, _secret = make(mia)
    now = timezone.now()

    feed_keys.note_use(key, now)
    key.refresh_from_db()
    assert key.last_used_at == now
    with django_assert_num_queries(0):
        feed_keys.note_use(key, now + timedelta(minutes=30))
    feed_keys.note_use(key, now + timedelta(minutes=61))
    key.refresh_from_db()
    assert key.last_used_at == now + timedelta(minutes=61)


@pytest.mark.parametrize("path", ["/feeds/{}/", "/feeds/{}/spaces/commons/", "/u/{}/undo/"])
def test_logs_do_not_tell_the_secrets_of_addresses(path):
    secret = "Zm9v-_YmFyYmF6MTIzNDU2Nzg5MA"
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 0, "Internal Server Error: %s", (path.format(secret),),
        None,
    )  # fmt: skip

    assert HideSecrets().filter(record)
    assert record.getMessage() == f"Internal Server Error: {path.format('…')}"


def test_the_console_hides_secrets(settings):
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["secrets"]
