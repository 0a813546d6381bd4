from importlib import import_module
from pkgutil import iter_modules

from config import settings as joined


def parts():
    return [
        import_module(f"{joined.__name__}.{part.name}") for part in iter_modules(joined.__path__)
    ]


def test_no_part_is_forgotten_and_none_says_otherwise_than_another():
    said = [(part, name) for part in parts() for name in vars(part) if name.isupper()]

    lost = [
        f"{part.__name__}.{name}"
        for part, name in said
        if getattr(joined, name, None) is not getattr(part, name)
    ]

    assert {"SECRET_KEY", "EMAIL_BACKEND", "LOGGING"} <= {name for _part, name in said}
    assert lost == []
