from .batches import pad_windows as pad_windows
from .dictionary import RULES as RULES, Term as Term, read_dictionary as read_dictionary
from .entities import TaggedText as TaggedText, TextEntity as TextEntity
from .exported import (
    CHAIN_LOGITS as CHAIN_LOGITS,
    ENGINES as ENGINES,
    GROUP_SIZE as GROUP_SIZE,
    HINT as HINT,
    INPUTS as INPUTS,
    MANIFEST_FILE as MANIFEST_FILE,
    MODEL_FILES as MODEL_FILES,
    OUTPUTS as OUTPUTS,
    is_exported as is_exported,
    open_exported as open_exported,
)
from .jobs.formats import (
    FORMATS as FORMATS,
    PARQUET as PARQUET,
    label_studio_config as label_studio_config,
    list_entities as list_entities,
)
from .jobs.input import JSON_SUFFIXES as JSON_SUFFIXES, TagRow as TagRow, read_rows as read_rows
from .jobs.job import PART_BYTES as PART_BYTES, TagJob as TagJob
from .jobs.output import format_row as format_row
from .jobs.places import is_address as is_address
from .jobs.processes import tag_with_processes as tag_with_processes
from .jobs.ray import tag_with_ray as tag_with_ray
from .min_score import MinScore as MinScore, parse_min_score as parse_min_score
from .runtimes import Runtime as Runtime, TorchRuntime as TorchRuntime
from .tagger import Tagger as Tagger, describe_tagger as describe_tagger
from .weighing import (
    WeighedSentence as WeighedSentence,
    WeighedText as WeighedText,
    weigh_tags as weigh_tags,
    weigh_texts as weigh_texts,
)
