from .batches import pad_windows as pad_windows
from .entities import TaggedText as TaggedText
from .entities import TextEntity as TextEntity
from .exported import (
    ENGINES as ENGINES,
)
from .exported import (
    INPUTS as INPUTS,
)
from .exported import (
    MANIFEST_FILE as MANIFEST_FILE,
)
from .exported import (
    MODEL_FILES as MODEL_FILES,
)
from .exported import (
    OUTPUTS as OUTPUTS,
)
from .exported import (
    open_exported as open_exported,
)
from .exported import (
    require_module as require_module,
)
from .jobs.formats import FORMATS as FORMATS
from .jobs.formats import PARQUET as PARQUET
from .jobs.formats import label_studio_config as label_studio_config
from .jobs.input import TagRow as TagRow
from .jobs.input import read_rows as read_rows
from .jobs.job import PART_BYTES as PART_BYTES
from .jobs.job import TagJob as TagJob
from .jobs.output import format_row as format_row
from .jobs.processes import tag_with_processes as tag_with_processes
from .jobs.ray import tag_with_ray as tag_with_ray
from .runtimes import Runtime as Runtime
from .runtimes import TorchRuntime as TorchRuntime
from .tagger import Tagger as Tagger
from .tagger import TaggerFacts as TaggerFacts
from .tagger import describe_tagger as describe_tagger
