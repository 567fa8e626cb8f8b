from .convert import convert_corpus as convert_corpus
from .documents import split_text as split_text
from .download import PUBLIC_FILES as PUBLIC_FILES
from .download import download_raw_files as download_raw_files
from .folder import Corpus as Corpus
from .folder import open_corpus as open_corpus
from .folder import open_raw_files as open_raw_files
from .formats.json_lines import parse_object as parse_object
from .lines import is_text as is_text
from .lines import read_lines as read_lines
from .lines import refuse as refuse
from .lines import shorten as shorten
from .location import (
    DATA_DIR_VARIABLE as DATA_DIR_VARIABLE,
)
from .location import (
    DEFAULT_DATA_DIR as DEFAULT_DATA_DIR,
)
from .location import (
    HUB_PREFIX as HUB_PREFIX,
)
from .location import (
    SAMPLE as SAMPLE,
)
from .location import (
    choose_data_dir as choose_data_dir,
)
from .options import ReadOptions as ReadOptions
from .options import Scheme as Scheme
from .options import setting as setting
from .prepare import prepare_corpus as prepare_corpus
from .scheme_conversion import Illegal as Illegal
from .schemes import read_as_iob2 as read_as_iob2
from .sentence import Sentence as Sentence
from .sentence import is_of_characters as is_of_characters
from .sentence import join_tokens as join_tokens
from .split import CorpusSplit as CorpusSplit
from .split_names import (
    SAMPLE_LIMITS as SAMPLE_LIMITS,
)
from .split_names import (
    SPLIT_KEYS as SPLIT_KEYS,
)
from .split_names import (
    SPLIT_NAMES as SPLIT_NAMES,
)
