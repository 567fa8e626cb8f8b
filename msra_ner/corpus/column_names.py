"""The option ``--column``: which column, key or layer of a file is what."""

from collections.abc import Collection

from msra_ner.errors import ArgumentsError

# What a column can be.
ROLES = ("tokens", "tags", "text", "sentence", "layer")


def parse_column_names(value: str | None) -> dict[str, str]:
    """Return the name of the column of each role that ``--column`` names.

    >>> parse_column_names("tokens=words, tags=ner")
    {'tokens': 'words', 'tags': 'ner'}

    Raises:
        ArgumentsError: A part is not ROLE=COLUMN, or a role is unknown or named twice.
    """
    names: dict[str, str] = {}
    for part in value.split(",") if value is not None else ():
        role, equals, name = (item.strip() for item in part.partition("="))
        if not equals or not name or role not in ROLES:
            raise ArgumentsError(
                f"--column: found {part.strip()!r}, expected ROLE=COLUMN with one of the roles "
                f"{', '.join(ROLES)}; such as --column tokens=words,tags=ner."
            )
        if role in names:
            raise ArgumentsError(
                f"--column: found {role} twice ({names[role]} and {name}), expected it once."
            )
        names[role] = name
    return names


def check_column_roles(value: str | None, format: str, roles: Collection[str]) -> None:
    """Refuse roles that the columns of a format do not have, which would change nothing.

    Raises:
        ArgumentsError: ``--column`` names one.
    """
    if unknown := [role for role in parse_column_names(value) if role not in roles]:
        expected = f"one of {', '.join(roles)}" if roles else "no --column"
        raise ArgumentsError(
            f"--column: found {', '.join(unknown)} for the format {format}, expected {expected}. "
            "Leave it out, or give the right --format."
        )
