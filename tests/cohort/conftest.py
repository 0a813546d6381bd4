import pytest

from cohort import account_mail


@pytest.fixture
def account_mails(mailoutbox):
    """The mails about accounts, once none is under way any more: `account_mails()`."""

    def sent():
        account_mail.wait_until_sent()
        return mailoutbox

    return sent
