from .findings import Case as Case, Finding as Finding, Location as Location
from .report import CorpusReport as CorpusReport
from .run import check_corpus as check_corpus
from .text import format_report as format_report
