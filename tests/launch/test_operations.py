"""What docs/operations.md and the files of deploy/ say about settings is what the code reads."""

import re

import pytest
import yaml
from django.core.management import load_command_class

from launch import ROOT

DOCUMENT = (ROOT / "docs" / "operations.md").read_text()
EXAMPLE = (ROOT / "deploy" / "env.example").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()

READ_BY_DJANGO = re.compile(r"env\.\w+\(\s*\"([A-Z][A-Z0-9_]+)\"")
READ_BY_SCRIPTS = re.compile(r"environ(?:\.get\(|\[)\"([A-Z][A-Z0-9_]+)\"")


def variables() -> list[str]:
    names = set()
    for path in (ROOT / "config").glob("*.py"):
        names |= set(READ_BY_DJANGO.findall(path.read_text()))
    for path in (ROOT / "deploy").glob("*.py"):
        names |= set(READ_BY_SCRIPTS.findall(path.read_text()))
    # Where the image keeps what it builds, and where its page server listens: not for operators.
    return sorted(names - {"BUILD_DIR", "STATIC_ROOT", "BIND"})


@pytest.mark.parametrize("name", variables())
def test_every_variable_is_in_the_table(name):
    assert re.search(rf"^\|.*`{name}`.*\|$", DOCUMENT, re.MULTILINE), f"{name} is not explained"


def test_the_example_sets_nothing_that_nobody_reads():
    offered = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))
    used_by_compose = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    by_provider = {f"{p}_CLIENT_{k}" for p in ("GOOGLE", "MICROSOFT") for k in ("ID", "SECRET")}

    # All that begins so goes to django-anymail, which says what there is.
    to_anymail = {name for name in offered if name.startswith("ANYMAIL_")}

    assert offered - used_by_compose - by_provider - to_anymail - set(variables()) == set()


def test_compose_wants_nothing_that_the_example_does_not_name():
    wanted = set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE))

    assert wanted == {"DOMAIN", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert [name for name in wanted if f"\n{name}=" not in EXAMPLE] == []


def test_commands_named_in_the_documents_exist():
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"`make ([a-z]+)", DOCUMENT))

    assert [name for name in sorted(named) if f"\n{name}: ##" not in makefile] == []


def test_the_part_that_receives_mail_is_off_until_it_is_chosen():
    services = yaml.safe_load(COMPOSE)["services"]
    assert [name for name, part in services.items() if "profiles" in part] == ["receive"]
    part = services["receive"]
    assert part["profiles"] == ["receive"]
    assert part["ports"] == ["${RECEIVE_MAIL_AT:-127.0.0.1:8024}:8024"]
    # What it is started with, its command knows.
    _python, script, command, *options = part["command"]
    known = load_command_class("notifications", command).create_parser(script, command)
    chosen = known.parse_args(options)
    assert (chosen.host, chosen.port, chosen.smtp) == ("0.0.0.0", 8024, False)
    assert part["healthcheck"]["test"][-1] == "lmtp://127.0.0.1:8024"
