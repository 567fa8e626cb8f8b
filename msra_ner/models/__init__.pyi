from .chain import (
    PLAIN_LOGITS as PLAIN_LOGITS,
    ChainHead as ChainHead,
    can_have_chain as can_have_chain,
    with_chain as with_chain,
)
from .config_labels import list_labels as list_labels
from .freezing import freeze_encoder as freeze_encoder, freeze_layers as freeze_layers
from .layer_sizes import find_layer_sizes as find_layer_sizes
from .layers import count_useful_layers as count_useful_layers
from .loading import (
    CHAIN as CHAIN,
    CONFIG_KEY as CONFIG_KEY,
    DEFAULT_MODEL as DEFAULT_MODEL,
    TRANSITIONS as TRANSITIONS,
    WEIGHT_FILES as WEIGHT_FILES,
    find_chain as find_chain,
    find_position_limit as find_position_limit,
    load_config as load_config,
    load_labels as load_labels,
    load_model as load_model,
    load_tokenizer as load_tokenizer,
    load_trained as load_trained,
    read_chain_scheme as read_chain_scheme,
)
from .pretrained import (
    check_model_name as check_model_name,
    find_commit as find_commit,
    is_hub_name as is_hub_name,
)
from .saved_settings import (
    TEMPERATURE as TEMPERATURE,
    read_saved_settings as read_saved_settings,
    read_temperature as read_temperature,
    remember_settings as remember_settings,
)
from .small import (
    build_small_encoder as build_small_encoder,
    make_small_config as make_small_config,
)
from .tokenizer import without_spaces as without_spaces
