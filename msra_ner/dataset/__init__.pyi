from .alignment import (
    IGNORE_INDEX as IGNORE_INDEX,
)
from .alignment import (
    NO_TOKEN as NO_TOKEN,
)
from .alignment import (
    Aligner as Aligner,
)
from .alignment import (
    EncodedWindow as EncodedWindow,
)
from .alignment import (
    window_limit as window_limit,
)
from .builder import MsraNer as MsraNer
from .builder import load_msra as load_msra
from .projection import (
    column as column,
)
from .projection import (
    is_encoded as is_encoded,
)
from .projection import (
    project_labels as project_labels,
)
from .projection import (
    project_rows as project_rows,
)
from .windows import plan_windows as plan_windows
