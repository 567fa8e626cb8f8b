"""Names of entity types among the names of figures, kept apart where the two are the same."""

import re

# Figures that are named as if they were of a type, and what was renamed already.
_TAKEN = re.compile(r"(?:lenient|macro|seen|unseen|first_180)(?:_type)*")


def make_type_key(name: str) -> str:
    """Return what the figures of a type are called: its name, or one that no other figure has.

    >>> make_type_key("PER"), make_type_key("seen")
    ('PER', 'seen_type')
    """
    return f"{name}_type" if _TAKEN.fullmatch(name) else name


def read_type_key(key: str) -> str:
    """Return the type whose figures are called so.

    >>> read_type_key("seen_type"), read_type_key("my_type")
    ('seen', 'my_type')
    """
    return key.removesuffix("_type") if _TAKEN.fullmatch(key) else key
