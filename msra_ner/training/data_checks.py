"""Whether a corpus can be trained on as the settings ask: looked at before a model is loaded."""

from msra_ner.corpus import SPLIT_NAMES
from msra_ner.errors import ArgumentsError, CorpusError, CorpusNotFoundError
from msra_ner.metrics import score_tags
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.data import Data


def check_training_data(args: NerTrainingArguments, data: Data) -> None:
    """Refuse a corpus that nothing can be learned from, or the best epoch not be chosen on.

    Raises:
        CorpusNotFoundError: It has no train, or no val to evaluate on.
        CorpusError: Train has no entity, or val has none to choose by.
        ArgumentsError: Val has nothing of what the best epoch is to be chosen by.
    """
    for split, wanted in (("train", True), ("validation", args.eval_strategy != "no")):
        if wanted and not data.sentences.get(split):
            raise CorpusNotFoundError(
                f"{data.folder}: found no sentences in {SPLIT_NAMES[split]}, expected some. Give "
                "train and val; --val_size N takes val out of train, and --eval_strategy no does "
                "without val."
            )
    by_score = args.chooses_by_score()
    for split in ("train", *(["validation"] if by_score else [])):
        counts = data.counts[split]
        if not counts["entities"]:
            raise CorpusError(
                f"{data.folder}: found no entity in the {counts['sentences']} sentences of "
                f"{SPLIT_NAMES[split]}, expected some. Look whether the tags are read from the "
                f"right place: msra-ner check {data.folder}"
            )
    metric = str(args.metric_for_best_model).removeprefix("eval_")
    # Those of all entities are there, since val has some: no need to score it.
    if by_score and metric not in ("f1", "precision", "recall"):
        _check_metric(str(args.metric_for_best_model), data)


def _check_metric(metric: str, data: Data) -> None:
    """Refuse a figure that val has nothing for: the scores of its own gold tags have each."""
    val = data.sentences["validation"]
    figures = score_tags(val, [row.tags for row in val], data.train_names).to_dict()
    if figures.get(metric.removeprefix("eval_")) is None:
        there = [key for key, value in figures.items() if value and key.endswith("f1")]
        raise ArgumentsError(
            f"--metric_for_best_model: found {metric}, of which val of {data.folder} has no "
            f"entity, expected one of {', '.join(there)} (or its precision or recall)."
        )
