from .app import make_app as make_app
from .schemas import Limits as Limits
