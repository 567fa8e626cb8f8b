from .app import make_app as make_app
from .limits import Limits as Limits
