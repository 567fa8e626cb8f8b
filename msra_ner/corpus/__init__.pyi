from .convert import convert_corpus as convert_corpus
from .documents import (
    Document as Document,
    Span as Span,
    split_text as split_text,
    to_document as to_document,
)
from .download import PUBLIC_FILES as PUBLIC_FILES, download_raw_files as download_raw_files
from .folder import Corpus as Corpus, open_corpus as open_corpus, open_raw_files as open_raw_files
from .formats.catalogue import recognise_format as recognise_format
from .formats.json_lines import (
    dump_json as dump_json,
    parse_object as parse_object,
    read_objects as read_objects,
)
from .formats.label_studio import build_results as build_results
from .formats.pair import write_pair as write_pair
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
from .marked import (
    MARK_STYLE as MARK_STYLE,
    mark_entities as mark_entities,
    render_entities as render_entities,
)
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
