from .diagnosis import Diagnosis as Diagnosis
from .diagnosis import Evidence as Evidence
from .diagnosis import diagnose_evidence as diagnose_evidence
from .findings import Finding as Finding
from .run import diagnose as diagnose
