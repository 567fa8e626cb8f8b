from .arguments import NerTrainingArguments as NerTrainingArguments
from .evaluation import evaluate as evaluate
from .flag_names import DESCRIPTION as DESCRIPTION, USAGE as USAGE, check_flags as check_flags
from .parsing import parse_arguments as parse_arguments, parse_given as parse_given
from .rates import describe_underfit as describe_underfit
from .results import TrainResult as TrainResult
from .run import run_arguments as run_arguments, train as train
from .stage_settings import Stage as Stage, parse_stages as parse_stages
from .stages import run_stages as run_stages
from .task_settings import (
    DataArguments as DataArguments,
    ModelArguments as ModelArguments,
    TaskSettings as TaskSettings,
)
from .trainer import NerTrainer as NerTrainer
from .tune import TuneResult as TuneResult, tune as tune
