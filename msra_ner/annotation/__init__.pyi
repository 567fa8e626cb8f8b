from .align import AlignmentReport as AlignmentReport, align_drafts as align_drafts
from .draft import Draft as Draft, Mention as Mention, read_drafts as read_drafts
from .label_error_page import write_label_errors as write_label_errors
from .label_errors import (
    LabelErrors as LabelErrors,
    Suspect as Suspect,
    find_label_errors as find_label_errors,
    list_suspects as list_suspects,
)
from .marked_text import MarkedText as MarkedText, render as render
from .page import render_page as render_page
from .placing import (
    PlacedDraft as PlacedDraft,
    PlacedEntity as PlacedEntity,
    UnplacedEntity as UnplacedEntity,
    place_draft as place_draft,
)
from .pool import read_pool as read_pool
from .select import select_texts as select_texts
from .selection import (
    COUNT as COUNT,
    RANDOM_SHARE as RANDOM_SHARE,
    SEED as SEED,
    SELECTION_FORMATS as SELECTION_FORMATS,
    SIMILARITY as SIMILARITY,
    ChosenText as ChosenText,
    SelectionReport as SelectionReport,
)
from .texts import read_texts as read_texts
from .uncertainty import measure_uncertainty as measure_uncertainty
