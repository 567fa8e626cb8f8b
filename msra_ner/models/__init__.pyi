from .loading import (
    CONFIG_KEY as CONFIG_KEY,
)
from .loading import (
    DEFAULT_MODEL as DEFAULT_MODEL,
)
from .loading import (
    WEIGHT_FILES as WEIGHT_FILES,
)
from .loading import (
    freeze_encoder as freeze_encoder,
)
from .loading import (
    is_hub_name as is_hub_name,
)
from .loading import (
    load_config as load_config,
)
from .loading import (
    load_model as load_model,
)
from .loading import (
    load_tokenizer as load_tokenizer,
)
from .loading import (
    position_limit as position_limit,
)
from .loading import (
    trained_labels as trained_labels,
)
from .saved_settings import (
    read_saved_settings as read_saved_settings,
)
from .saved_settings import (
    remember_settings as remember_settings,
)
from .small import build_small_encoder as build_small_encoder
from .tokenizer import without_spaces as without_spaces
