from .app import make_app as make_app
from .connections import make_protocol as make_protocol
from .limits import Limits as Limits
