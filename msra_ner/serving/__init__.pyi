from .access import check_origins as check_origins, read_keys as read_keys
from .app import make_app as make_app
from .connections import make_protocol as make_protocol
from .limits import Limits as Limits
from .server import serve as serve
