from .breakdowns import (
    BreakdownRow as BreakdownRow,
)
from .breakdowns import (
    break_down as break_down,
)
from .breakdowns import (
    by_length as by_length,
)
from .breakdowns import (
    by_position as by_position,
)
from .breakdowns import (
    by_train_count as by_train_count,
)
from .breakdowns import (
    confuse_types as confuse_types,
)
from .entity_metric import EntityMetric as EntityMetric
from .error_kinds import (
    KINDS as KINDS,
)
from .error_kinds import (
    KindSummary as KindSummary,
)
from .error_kinds import (
    find_errors as find_errors,
)
from .error_kinds import (
    summarise_kinds as summarise_kinds,
)
from .scores import (
    PUBLISHED_CUT as PUBLISHED_CUT,
)
from .scores import (
    Scores as Scores,
)
from .scores import (
    entity_names as entity_names,
)
from .scores import (
    make_compute_metrics as make_compute_metrics,
)
from .scores import (
    score_entities as score_entities,
)
from .scores import (
    score_tags as score_tags,
)
from .significance import (
    CORRECT as CORRECT,
)
from .significance import (
    FIGURES as FIGURES,
)
from .significance import (
    GOLD as GOLD,
)
from .significance import (
    PREDICTED as PREDICTED,
)
from .significance import (
    Counts as Counts,
)
from .significance import (
    bootstrap_interval as bootstrap_interval,
)
from .significance import (
    count_sentences as count_sentences,
)
from .significance import (
    f1_of as f1_of,
)
from .significance import (
    paired_test as paired_test,
)
from .significance import (
    score_counts as score_counts,
)
from .surface_forms import (
    FormRow as FormRow,
)
from .surface_forms import (
    count_names as count_names,
)
from .surface_forms import (
    wrong_forms as wrong_forms,
)
