"""What models say of sentences that they have not seen: each part by a model of the other parts."""

import logging
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msra_ner.corpus import Sentence, write_pair
from msra_ner.errors import ArgumentsError
from msra_ner.inference import Tagger, WeighedSentence, weigh_tags
from msra_ner.labels import label_list
from msra_ner.training import train

logger = logging.getLogger(__name__)


def weigh_by_folds(
    sentences: Sequence[Sentence], types: Sequence[str], encoder: str | Path, folds: int, seed: int
) -> list[WeighedSentence]:
    """Return what is said of each sentence by a model that was trained without it.

    Equal sentences are in one part, so that no model has seen their labels.

    Args:
        sentences: What is to be judged, and what is trained on.
        types: The entity types.
        encoder: Folder or Hub name of the encoder that each model is trained from.
        folds: The number of parts, and of models.
        seed: Of the parts and of training.

    Raises:
        ArgumentsError: There are fewer different sentences than parts, or fewer than two parts.
    """
    texts = sorted({tuple(sentence.tokens) for sentence in sentences})
    if not 2 <= folds <= len(texts):
        raise ArgumentsError(
            f"--folds: found {folds}, expected 2 to {len(texts)}, the number of different "
            "sentences."
        )
    random.Random(seed).shuffle(texts)
    part_of = {text: number % folds for number, text in enumerate(texts)}
    parts = [part_of[tuple(sentence.tokens)] for sentence in sentences]
    found = [WeighedSentence([], []) for _ in sentences]
    for number in range(folds):
        logger.info(
            "Training model %d of %d, without the sentences that it judges", number + 1, folds
        )
        own = [index for index, part in enumerate(parts) if part == number]
        others = [row for row, part in zip(sentences, parts, strict=True) if part != number]
        with tempfile.TemporaryDirectory() as folder:
            tagger = _train(Path(folder), others, types, encoder, seed)
            judged = weigh_tags(tagger, [sentences[index] for index in own])
            for index, weighed in zip(own, judged, strict=True):
                found[index] = weighed
    return found


def _train(
    folder: Path,
    sentences: Sequence[Sentence],
    types: Sequence[str],
    encoder: str | Path,
    seed: int,
) -> Tagger:
    """Return the tagger of a model that is trained on sentences, in a folder for the while."""
    corpus, run = folder / "corpus", folder / "run"
    (corpus / "train").mkdir(parents=True)
    write_pair(corpus / "train", sentences)
    tags = "".join(f"{label}\n" for label in label_list(types))
    (corpus / "tags.txt").write_text(tags, encoding="utf-8")
    train(
        corpus,
        run,
        model_name_or_path=encoder,
        seed=seed,
        eval_strategy="no",
        save_strategy="no",
        load_best_model_at_end=False,
        do_predict=False,
    )
    return Tagger.from_pretrained(run)
