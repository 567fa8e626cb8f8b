from .diagnosis import Evidence as Evidence
from .diagnosis import diagnose as diagnose
from .evidence import (
    evidence_of_file as evidence_of_file,
)
from .evidence import (
    evidence_of_model as evidence_of_model,
)
from .evidence import (
    own_data_dir as own_data_dir,
)
from .text_report import format_diagnosis as format_diagnosis
