from .alignment import (
    IGNORE_INDEX as IGNORE_INDEX,
    Aligner as Aligner,
    EncodedWindow as EncodedWindow,
    find_window_limit as find_window_limit,
)
from .builder import MsraNer as MsraNer, load_msra as load_msra
from .projection import (
    is_encoded as is_encoded,
    project_labels as project_labels,
    project_rows as project_rows,
    read_column as read_column,
)
