from .export import export_model as export_model
from .limits import FORMATS as FORMATS, MAX_F1_LOSS as MAX_F1_LOSS
