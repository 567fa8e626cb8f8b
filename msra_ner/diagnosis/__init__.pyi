from .diagnosis import (
    Diagnosis as Diagnosis,
    Evidence as Evidence,
    diagnose_evidence as diagnose_evidence,
)
from .findings import Finding as Finding
from .run import diagnose as diagnose
