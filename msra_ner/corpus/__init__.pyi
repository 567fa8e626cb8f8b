from .convert import convert_corpus as convert_corpus
from .documents import Span as Span, split_text as split_text
from .download import PUBLIC_FILES as PUBLIC_FILES, download_raw_files as download_raw_files
from .folder import Corpus as Corpus, open_corpus as open_corpus, open_raw_files as open_raw_files
from .formats.json_lines import parse_object as parse_object
from .formats.label_studio import build_results as build_results
from .formats.unread import find_binary_form as find_binary_form
from .lines import (
    is_text as is_text,
    read_lines as read_lines,
    refuse as refuse,
    shorten as shorten,
)
from .location import (
    DATA_DIR_VARIABLE as DATA_DIR_VARIABLE,
    DEFAULT_DATA_DIR as DEFAULT_DATA_DIR,
    HUB_PREFIX as HUB_PREFIX,
    SAMPLE as SAMPLE,
    SAMPLE_DIR as SAMPLE_DIR,
    choose_data_dir as choose_data_dir,
)
from .marked import read_colours as read_colours, render_entities as render_entities
from .options import (
    ReadOptions as ReadOptions,
    Scheme as Scheme,
    WrittenFormat as WrittenFormat,
    WrittenScheme as WrittenScheme,
    make_read_options as make_read_options,
    setting as setting,
)
from .prepare import prepare_corpus as prepare_corpus
from .scheme_conversion import Illegal as Illegal
from .schemes import read_as_iob2 as read_as_iob2
from .sentence import (
    Sentence as Sentence,
    is_of_characters as is_of_characters,
    join_tokens as join_tokens,
)
from .split import CorpusSplit as CorpusSplit
from .split_names import (
    SAMPLE_LIMITS as SAMPLE_LIMITS,
    SPLIT_KEYS as SPLIT_KEYS,
    SPLIT_NAMES as SPLIT_NAMES,
)
from .token_shapes import (
    OddKind as OddKind,
    OddTokens as OddTokens,
    find_odd_tokens as find_odd_tokens,
)
