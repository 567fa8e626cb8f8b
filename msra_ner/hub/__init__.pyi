from .card_words import check_card_words as check_card_words
from .client import Files as Files, check_name as check_name, open_repository as open_repository
from .dataset import export_dataset as export_dataset, push_dataset as push_dataset
from .dataset_card import (
    CARD_FILE as CARD_FILE,
    find_card_facts as find_card_facts,
    is_msra as is_msra,
)
from .model import (
    collect_files as collect_files,
    count_bytes as count_bytes,
    format_push_command as format_push_command,
    push_model as push_model,
    send_files as send_files,
)
