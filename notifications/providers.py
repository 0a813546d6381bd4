"""Mail providers that are spoken to by their API (django-anymail): what their errors mean."""

from collections.abc import Callable
from dataclasses import dataclass

import requests
from anymail.exceptions import AnymailAPIError, AnymailError
from django.core.mail import EmailMultiAlternatives

from notifications.verdicts import Deferred, Refused, Unclear, Verdict

NOT_ALLOWED = (401, 403)  # our key, not the recipient
NOT_NOW = (429, 503)
# Raised before the request was on its way.
UNREACHED = (requests.ConnectTimeout, requests.exceptions.SSLError)


@dataclass(frozen=True)
class Failure:
    """What an error says of the mail, and whether the provider takes any at all now."""

    verdict: Callable[[str], Verdict]
    is_outage: bool = False


def judge(error: Exception) -> Failure:
    """What an error means: providers know no idempotency, so what may have arrived is unclear."""
    status = _status(error)
    if status is None:
        return _without_answer(error)
    if status in NOT_ALLOWED or status in NOT_NOW:
        return Failure(Deferred, is_outage=True)
    if status >= 500:
        return Failure(Unclear, is_outage=True)
    # An answer of success that does not say what became of it, or a refusal of this mail.
    return Failure(Unclear if status < 300 else Refused)


def _without_answer(error: Exception) -> Failure:
    if isinstance(error, UNREACHED) or _found_nobody(error):
        return Failure(Deferred, is_outage=True)
    if isinstance(error, requests.RequestException):
        return Failure(Unclear, is_outage=True)
    if isinstance(error, AnymailAPIError) or not isinstance(error, AnymailError):
        return Failure(Unclear, is_outage=True)
    # Refused by the provider, or not to be said in its terms and never sent.
    return Failure(Refused)


def _status(error: Exception) -> int | None:
    """The HTTP status of the answer; Amazon's client keeps it in its own place."""
    status = getattr(error, "status_code", None)
    answer = getattr(error, "response", None)
    if status is None and isinstance(answer, dict):
        return answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status


def _found_nobody(error: Exception) -> bool:
    """Whether no connection came about: the name is not known, or nobody listens."""
    cause = repr(error.__cause__ or error)
    return isinstance(error, requests.ConnectionError) and (
        "NewConnectionError" in cause or "NameResolutionError" in cause
    )


def name_of(message: EmailMultiAlternatives) -> str:
    """The provider's name for a message it took, to be found again in what it reports."""
    status = getattr(message, "anymail_status", None)
    return str(getattr(status, "message_id", "") or "")
