"""How the files of a corpus are to be read: one field, one default, one help text each.

The command line, the `datasets` configuration and the Python functions all take these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from msra_ner.argument_types import check_choice
from msra_ner.corpus.annotated_types import parse_annotated_types
from msra_ner.corpus.column_names import parse_column_names
from msra_ner.errors import ArgumentsError
from msra_ner.wording import ask_whether_meant, find_nearest

Format = Literal[
    "auto",
    "pair",
    "columns",
    "conll-u",
    "json-tokens",
    "json-spans",
    "label-studio",
    "brat",
    "webanno",
    "pipes",
    "doc-bin",
    "people-daily",
    "table",
    "hub",
]
# Those that ``convert`` writes, too.
WrittenFormat = Literal[
    "pair", "columns", "conll-u", "json-tokens", "json-spans", "label-studio", "brat"
]
WrittenScheme = Literal["iob2", "iob1", "bioes", "bmes", "bilou"]
# IO cannot hold two entities of a type side by side, so it is only read.
Scheme = Literal["auto", "iob2", "iob1", "bioes", "bmes", "bilou", "io"]
Ends = Literal["auto", "exclusive", "inclusive"]
Offsets = Literal["auto", "characters", "bytes", "utf-16"]
Units = Literal["characters", "words"]
Nested = Literal["refuse", "outermost"]
WordPositions = Literal["auto", "keep"]


def setting(default: Any, text: str) -> Any:
    """Return a dataclass field with its help text."""
    return field(default=default, metadata={"help": text})


@dataclass
class ReadOptions:
    """Settings of the reader; the defaults find out what can be known and guess nothing.

    Raises:
        ArgumentsError: A value is not one of those allowed.
    """

    format: Format = setting(
        "auto",
        "Format of the corpus; auto looks at the files. docs/reference/corpus.md "
        "shows each format.",
    )
    scheme: Scheme = setting(
        "auto",
        "Tagging scheme of the files; auto goes by the tags of a whole file and says in the log "
        "what it converts to IOB2.",
    )
    entity_type: str = setting(
        "ENT", "Type of all entities of a corpus whose tags are prefixes without a type (B, I, O)."
    )
    annotated_types: str | None = setting(
        None,
        "Types that were looked for in the corpus, with commas between them, where others were "
        "not: what is outside of entities is then not O but left open for these others "
        "(docs/how-to/partial.md).",
    )
    repair_tags: bool = setting(False, "Turn tags that follow nothing (stray I-) into B- tags.")
    ends: Ends = setting(
        "auto",
        "Whether the end of a JSON span is the first character behind it (exclusive) or its last "
        "(inclusive); auto needs spans that carry their text, and compares.",
    )
    offsets: Offsets = setting(
        "auto",
        "What the offsets of JSON spans count: characters (code points, as in Python), units of "
        "utf-16 (JavaScript, Java), or bytes of UTF-8; auto goes by the texts beside the spans.",
    )
    units: Units = setting(
        "characters",
        "Tokens of a corpus that is text with spans: each character, or each word between white "
        "space.",
    )
    nested: Nested = setting(
        "refuse",
        "What to do with spans inside or across others, which tags cannot hold: refuse them, or "
        "keep the longest of them and count the rest.",
    )
    token_column: int | None = setting(
        None,
        "Column of the token in column files, counted from 0; default: the first that can be "
        "tokens, which the log names where it is not 0.",
    )
    tag_column: int | None = setting(
        None,
        "Column of the tag in column files, -1 is the last; default: the one that holds tags, "
        "which the log names where it is not the last.",
    )
    column: str | None = setting(
        None,
        "Names of columns, keys or layers where they are not the usual ones, as ROLE=NAME,... with "
        "the roles tokens, tags, text, sentence (what tells sentences apart) and layer "
        "(tokens=words,tags=ner).",
    )
    word_positions: WordPositions = setting(
        "auto",
        "Column files in which each character carries its position in its word (Weibo NER): auto "
        "takes the positions off and says so in the log.",
    )
    tag_names: str | None = setting(
        None, "Tags in the order of their numbers, for files that hold numbers: O,B-PER,I-PER,..."
    )
    val_size: int | None = setting(
        None,
        "Sentences to take from train for val where the corpus has no val (the rule of 'prepare'); "
        "default: 3000 for the raw MSRA files, else none.",
    )

    def __post_init__(self) -> None:
        """Refuse values that are not allowed."""
        for name, kind in get_type_hints(ReadOptions).items():
            if get_origin(kind) is Literal:
                check_choice(name, getattr(self, name), get_args(kind))
        parse_column_names(self.column)
        parse_annotated_types(self.annotated_types)
        if self.val_size is not None and self.val_size < 0:
            raise ArgumentsError(f"--val_size: found {self.val_size}, expected 0 or more.")

    @property
    def annotated(self) -> tuple[str, ...]:
        """The types that were looked for; none where all were."""
        return parse_annotated_types(self.annotated_types)

    def as_read_options(self) -> "ReadOptions":
        """Return only these settings, without what a subclass adds."""
        return ReadOptions(**{item.name: getattr(self, item.name) for item in fields(ReadOptions)})


def make_read_options(caller: str, options: Mapping[str, Any]) -> ReadOptions:
    """Return reading options from the arguments of a public function, the caller.

    Raises:
        ArgumentsError: A name is not a reading option, or a value is not allowed.
    """
    known = [item.name for item in fields(ReadOptions)]
    for name in options:
        if name not in known:
            hint = ask_whether_meant(find_nearest(name, known), f"It reads by {', '.join(known)}.")
            raise ArgumentsError(f"{caller}() has no argument {name!r}. {hint}")
    return ReadOptions(**options)
