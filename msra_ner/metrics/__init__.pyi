from .breakdowns import (
    BreakdownRow as BreakdownRow,
    break_down as break_down,
    confuse_types as confuse_types,
    score_by_length as score_by_length,
    score_by_position as score_by_position,
    score_by_train_count as score_by_train_count,
)
from .calibration import (
    Calibration as Calibration,
    CalibrationBin as CalibrationBin,
    measure_calibration as measure_calibration,
)
from .entity_metric import EntityMetric as EntityMetric
from .error_kinds import (
    KINDS as KINDS,
    EntityError as EntityError,
    KindSummary as KindSummary,
    find_errors as find_errors,
    summarise_kinds as summarise_kinds,
)
from .lowest_scores import LOWEST as LOWEST, score_by_lowest as score_by_lowest
from .open_tags import ClosedRow as ClosedRow, close_row as close_row
from .scores import (
    PUBLISHED_CUT as PUBLISHED_CUT,
    EntityScore as EntityScore,
    Scores as Scores,
    format_scores as format_scores,
)
from .scoring import (
    collect_names as collect_names,
    format_coverage as format_coverage,
    score_entities as score_entities,
    score_tags as score_tags,
)
from .significance import (
    FIGURES as FIGURES,
    GOLD as GOLD,
    Counts as Counts,
    bootstrap_interval as bootstrap_interval,
    compute_f1 as compute_f1,
    count_sentences as count_sentences,
    paired_test as paired_test,
)
from .surface_forms import (
    FormRow as FormRow,
    count_names as count_names,
    entity_text as entity_text,
    find_wrong_forms as find_wrong_forms,
)
