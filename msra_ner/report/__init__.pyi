from .compare import compare_runs as compare_runs
from .data import (
    curve_points as curve_points,
)
from .data import (
    has_points as has_points,
)
from .data import (
    scored_row as scored_row,
)
from .data import (
    type_rows as type_rows,
)
from .marked import (
    mark_entities as mark_entities,
)
from .marked import (
    read_colours as read_colours,
)
from .marked import (
    render_entities as render_entities,
)
from .page import show_in_tensorboard as show_in_tensorboard
from .page import write_report as write_report
from .plots import draw_curves as draw_curves
from .predictions import (
    Prediction as Prediction,
)
from .predictions import (
    read_predictions as read_predictions,
)
from .predictions import (
    write_predictions as write_predictions,
)
from .provenance import MAIN_SETTINGS as MAIN_SETTINGS
from .provenance import READ_LINE as READ_LINE
from .run_files import (
    LOG_FILE as LOG_FILE,
)
from .run_files import (
    PREDICTIONS_FILE as PREDICTIONS_FILE,
)
from .run_files import (
    RESULTS_FILE as RESULTS_FILE,
)
from .run_files import (
    RUN_FILE as RUN_FILE,
)
from .run_files import (
    SPLITS_KEY as SPLITS_KEY,
)
from .run_files import (
    STAGED as STAGED,
)
from .run_files import (
    STATE_FILE as STATE_FILE,
)
from .run_files import (
    TIMING_FILE as TIMING_FILE,
)
from .run_files import (
    SplitCounts as SplitCounts,
)
from .run_files import (
    read_object as read_object,
)
from .run_files import (
    read_run as read_run,
)
