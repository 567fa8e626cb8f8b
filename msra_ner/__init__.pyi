from .annotation import (
    MarkedText as MarkedText,
    align_drafts as align_drafts,
    find_label_errors as find_label_errors,
    render as render,
    select_texts as select_texts,
)
from .check import check_corpus as check_corpus
from .corpus import convert_corpus as convert_corpus, prepare_corpus as prepare_corpus
from .dataset import Aligner as Aligner, load_msra as load_msra
from .diagnosis import diagnose as diagnose
from .export import export_model as export_model
from .hub import push_model as push_model
from .inference import Tagger as Tagger, TextEntity as TextEntity
from .labels import Entity as Entity, decode_entities as decode_entities
from .metrics import score_tags as score_tags
from .report import compare_runs as compare_runs, write_report as write_report
from .training import (
    NerTrainer as NerTrainer,
    NerTrainingArguments as NerTrainingArguments,
    evaluate as evaluate,
    train as train,
    tune as tune,
)

__version__: str
