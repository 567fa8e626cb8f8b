from .run import IllegalTag as IllegalTag
from .run import check_corpus as check_corpus
from .text import format_report as format_report
