"""What to annotate next: the texts that a model is least sure of, and some at random."""

import json
import random
from collections.abc import Iterable, Iterator
from itertools import tee
from pathlib import Path
from typing import Any

from msra_ner.annotation.choosing import Highest, choose, hash_text, leave_out, strip_spaces
from msra_ner.annotation.pool import read_pool
from msra_ner.annotation.selection import (
    COUNT,
    RANDOM_SHARE,
    SEED,
    SELECTION_FORMATS,
    SIMILARITY,
    ChosenText,
    SelectionReport,
)
from msra_ner.annotation.uncertainty import measure_uncertainty
from msra_ner.argument_types import check_argument_types, check_choice
from msra_ner.errors import ArgumentsError, CorpusError
from msra_ner.inference import FORMATS, Tagger, weigh_texts
from msra_ner.progress import show_bar
from msra_ner.storage import check_absent, write_text

# Of the most uncertain texts so many are kept for each that is to be chosen, since some of them
# will be near-duplicates of others.
KEPT_FOR_ONE = 10


@check_argument_types
def select_texts(
    model: str | Path | Tagger,
    texts: str | Path,
    to: str | Path,
    *,
    count: int = COUNT,
    format: str = SELECTION_FORMATS[0],
    random_share: float = RANDOM_SHARE,
    similarity: float = SIMILARITY,
    annotated: str | Path | None = None,
    text_column: str = "text",
    seed: int = SEED,
    device: str | None = None,
    precision: str | None = None,
    overwrite: bool = False,
    **options: Any,
) -> SelectionReport:
    """Write the texts to annotate next, with what a model finds in them as drafts.

    A share is drawn at random, each different text as likely as any other, so that a score on these
    says how good a model is on all. The others are those of which the model is least sure
    (:func:`msra_ner.annotation.measure_uncertainty`), without near-duplicates. Both are mixed.

    Args:
        model: Folder of a run or an exported model, name on the Hub, or a tagger.
        texts: A file with a text a line, JSON lines, Parquet; or a corpus, whose annotations are
            not looked at.
        to: The file to write.
        count: How many to choose.
        format: ``label-studio``, ``doccano`` or ``jsonl``.
        random_share: How many of them to draw at random, from 0 to 1.
        similarity: Two texts are near-duplicates from here on: the share of characters that they
            have in common, in order. 1 leaves out nothing but what is equal.
        annotated: A corpus, or texts, that are not to be chosen again, nor near-duplicates of them.
        text_column: Column with the text, of JSON lines and Parquet.
        seed: Of what is drawn at random.
        device: Where the model computes, if it is loaded here; as in :class:`msra_ner.Tagger`.
        precision: In what it computes; as in :meth:`msra_ner.Tagger.from_pretrained`.
        overwrite: Replace the file that is there.
        **options: How to read corpora, the fields of :class:`msra_ner.corpus.ReadOptions` but
            ``format``.

    Raises:
        ArgumentsError: A setting is out of its range.
        CorpusNotFoundError: The texts are missing.
        CorpusError: They break their format, or there is none to choose.
        ModelError: There is no such model.
        OutputExistsError: The file to write is there and ``overwrite`` is false.
    """
    target = Path(to)
    check_choice("format", format, SELECTION_FORMATS)
    _check_settings(count, random_share, similarity)
    _check_target(target, [texts, *([] if annotated is None else [annotated])], overwrite)
    known: set[str] = set()
    if annotated is not None:
        known = {strip_spaces(text) for _, text in read_pool(annotated, text_column, **options)}
    tagger = model
    if not isinstance(tagger, Tagger):
        tagger = Tagger.from_pretrained(tagger, device, precision)
    report = SelectionReport(count)
    pool = leave_out(read_pool(texts, text_column, **options), known, report)
    random_count = max(1, round(count * random_share)) if random_share else 0
    drawn = Highest(random_count * KEPT_FOR_ONE)
    doubted = Highest(count * KEPT_FOR_ONE)
    for item in _weigh(tagger, pool):
        drawn.add(hash_text(strip_spaces(item.tagged.text), seed), item)
        doubted.add(item.uncertainty, item)
    report.kept = len(doubted.items())
    report.chosen = list(
        choose(drawn.items(), random_count, doubted.items(), known, similarity, report)
    )
    if not report.chosen:
        raise CorpusError(
            f"{texts}: found no text to choose among {report.read:,} ({report.empty:,} empty, "
            f"{report.annotated:,} annotated already, {report.near:,} near-duplicates of those), "
            "expected one. Give other texts."
        )
    # Whoever annotates half of them has both kinds, and does not see which is which.
    random.Random(seed).shuffle(report.chosen)
    writer = FORMATS[format]
    rows = [json.dumps(_build_row(format, item), ensure_ascii=False) for item in report.chosen]
    write_text(target, writer.head + writer.separator.join(rows) + writer.tail)
    return report


def _weigh(tagger: Tagger, pool: Iterable[tuple[str, str]]) -> Iterator[ChosenText]:
    # The texts are read once; `tee` keeps what was read until its entities come.
    read, kept = tee(pool)
    weighed = weigh_texts(tagger, (text for _, text in read))
    with show_bar(weighed, desc="tagging", unit="texts", leave=False) as bar:
        for (location, _), item in zip(kept, bar, strict=True):
            yield ChosenText(item.tagged, location, measure_uncertainty(item))


def _build_row(format: str, item: ChosenText) -> dict[str, Any]:
    row = FORMATS[format].build(item.tagged.text, item.tagged)
    about = {
        "uncertainty": round(item.uncertainty, 6),
        "random": item.random,
        "location": item.location,
    }
    if format == "label-studio":
        row["data"] |= about
        return row
    return row | about


def _check_settings(count: int, random_share: float, similarity: float) -> None:
    if count < 1:
        raise ArgumentsError(f"--count: found {count}, expected at least 1.")
    for name, value in (("random_share", random_share), ("similarity", similarity)):
        if not 0 <= value <= 1:
            raise ArgumentsError(f"--{name}: found {value}, expected a number from 0 to 1.")


def _check_target(target: Path, sources: Iterable[str | Path], overwrite: bool) -> None:
    if target.is_dir():
        raise ArgumentsError(f"--to: found the folder {target}, expected a file. Add a name.")
    for source in map(Path, sources):
        if source.exists() and target.resolve().is_relative_to(source.resolve()):
            raise ArgumentsError(
                f"--to: found {target}, which {source} is or holds, expected another file."
            )
    check_absent(target, overwrite)
