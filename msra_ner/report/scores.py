"""The scores of a split as text for the terminal."""

from collections.abc import Mapping, Sequence

from msra_ner.corpus import Sentence
from msra_ner.labels import decode_entities
from msra_ner.metrics import PUBLISHED_CUT, Scores
from msra_ner.tables import format_table


def format_scores(scores: Scores, title: str) -> str:
    """Return the scores of a split as a table with what each figure means."""
    rows = [[title, "precision", "recall", "F1", "support"]]
    types = [key.removesuffix("_precision") for key in scores if key.endswith("_precision")]
    rows.append(["all entities (strict IOB2)", *_percentages(scores, ""), f"{scores['support']:,}"])
    for name in types:
        if f"{name}_support" in scores:
            support = f"{scores[f'{name}_support']:,}"
            rows.append([f"  {name}", *_percentages(scores, f"{name}_"), support])
    rows.append(
        ["lenient (conlleval)", *_percentages(scores, "lenient_"), f"{scores['support']:,}"]
    )
    for name, meaning in (
        ("seen", "names seen in train"),
        ("unseen", "names not seen in train"),
        (f"first_{PUBLISHED_CUT}", f"first {PUBLISHED_CUT} tokens of each sentence"),
    ):
        if f"{name}_f1" in scores:
            support = f"{scores[f'{name}_support']:,}"
            rows.append([meaning, "", "", f"{100 * scores[f'{name}_f1']:.2f}", support])
    accuracy = (
        f"token accuracy {100 * scores['token_accuracy']:.2f} (no score: tagging every token O "
        f"gets {100 * scores['all_o_accuracy']:.2f})"
    )
    return f"{format_table(rows)}\n{accuracy}"


def format_coverage(scores: Scores, sentences: Sequence[Sentence]) -> str:
    """Return the sentence that says how much of the files was scored."""
    entities = sum(len(decode_entities(sentence.tags)) for sentence in sentences)
    characters = sum(len(sentence.tokens) for sentence in sentences)
    return (
        f"scored {scores['entities']:,} of {entities:,} entities, "
        f"{scores['characters']:,} of {characters:,} characters, "
        f"{scores['sentences']:,} of {len(sentences):,} sentences"
    )


def _percentages(scores: Mapping[str, float | int], prefix: str) -> list[str]:
    return [f"{100 * scores[f'{prefix}{name}']:.2f}" for name in ("precision", "recall", "f1")]
