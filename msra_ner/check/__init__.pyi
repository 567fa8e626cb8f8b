from .findings import Case as Case
from .findings import Finding as Finding
from .findings import Location as Location
from .report import CorpusReport as CorpusReport
from .run import check_corpus as check_corpus
from .text import format_report as format_report
