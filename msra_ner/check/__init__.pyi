from .findings import Case as Case, Finding as Finding, Location as Location
from .report import CorpusReport as CorpusReport, format_report as format_report
from .run import check_corpus as check_corpus
from .splits import find_leaked as find_leaked
