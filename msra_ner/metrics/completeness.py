"""Refuse predictions that lack a sentence, a tag or a token, instead of scoring the rest."""

from collections.abc import Sequence

from msra_ner.errors import ScoreError

TagRows = Sequence[Sequence[str]]  # for each sentence its tags, one a token


def check_complete(gold: TagRows, predicted: TagRows) -> None:
    """Refuse predictions that lack a sentence or a token.

    Raises:
        ScoreError: Counts differ; the message names the first sentence where they do.
    """
    if len(gold) != len(predicted):
        raise ScoreError(
            f"found predictions for {len(predicted)} sentences, expected the {len(gold)} of the "
            "files. A sentence was lost or scored twice: evaluate the whole split, once."
        )
    for index, (tags, row) in enumerate(zip(gold, predicted, strict=True)):
        if len(tags) != len(row):
            raise ScoreError(
                f"sentence {index}: found {len(row)} predicted tags, expected one for each of "
                f"its {len(tags)} tokens. A token was lost: predict without truncation."
            )


def check_tokens(tokens: Sequence[Sequence[str]], gold: TagRows) -> None:
    """Refuse sentences without their tokens, as a file of tags alone has them."""
    counts = [len(row) for row in tokens], [len(row) for row in gold]
    if counts[0] != counts[1]:
        raise ScoreError(
            f"found {sum(counts[0])} tokens in {len(tokens)} sentences for {sum(counts[1])} tags "
            f"in {len(gold)}, expected one tag a token. The texts of entities are needed: use a "
            "file of predictions that holds the tokens."
        )
