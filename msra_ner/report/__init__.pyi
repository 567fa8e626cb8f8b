from .about import ModelAbout as ModelAbout, describe_run as describe_run, is_toy as is_toy
from .compare import compare_runs as compare_runs
from .data import (
    build_headline as build_headline,
    has_points as has_points,
    list_spans as list_spans,
    list_types as list_types,
    read_curves as read_curves,
)
from .lineage import (
    BEFORE_KEY as BEFORE_KEY,
    LEFT_OUT_KEY as LEFT_OUT_KEY,
    TrainedStage as TrainedStage,
    find_run as find_run,
    identify_run as identify_run,
    list_stages_before as list_stages_before,
)
from .page import (
    PLOTS_FOLDER as PLOTS_FOLDER,
    open_templates as open_templates,
    render as render,
    show_in_tensorboard as show_in_tensorboard,
    write_report as write_report,
)
from .plots import draw_curves as draw_curves, list_plot_files as list_plot_files
from .predictions import (
    Prediction as Prediction,
    close_prediction as close_prediction,
    read_predictions as read_predictions,
    write_predictions as write_predictions,
)
from .provenance import MAIN_SETTINGS as MAIN_SETTINGS, list_versions as list_versions
from .run_files import (
    LOG_FILE as LOG_FILE,
    PREDICTIONS_FILE as PREDICTIONS_FILE,
    RESULTS_FILE as RESULTS_FILE,
    RUN_FILE as RUN_FILE,
    SPLITS_KEY as SPLITS_KEY,
    STAGED as STAGED,
    STATE_FILE as STATE_FILE,
    TIMING_FILE as TIMING_FILE,
    RunFiles as RunFiles,
    SplitCounts as SplitCounts,
    find_own_corpus as find_own_corpus,
    is_own_corpus as is_own_corpus,
    read_corpus_options as read_corpus_options,
    read_object as read_object,
    read_run as read_run,
)
from .schema import Curves as Curves
from .style import read_style as read_style
from .words import format_duration as format_duration, name_kind as name_kind
