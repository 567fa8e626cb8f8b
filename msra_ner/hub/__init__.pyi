from .client import (
    Repository as Repository,
)
from .client import (
    check_name as check_name,
)
from .client import (
    open_repository as open_repository,
)
from .dataset import export_dataset as export_dataset
from .dataset import push_dataset as push_dataset
from .dataset_card import CARD_FILE as CARD_FILE
from .dataset_card import card_facts as card_facts
from .dataset_card import is_msra as is_msra
from .model import (
    Files as Files,
)
from .model import (
    collect_files as collect_files,
)
from .model import (
    file_size as file_size,
)
from .model import (
    push_command as push_command,
)
from .model import (
    push_model as push_model,
)
from .model import (
    send_files as send_files,
)
