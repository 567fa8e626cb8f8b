from .access import check_origins as check_origins, read_keys as read_keys
from .app import make_app as make_app
from .limits import Limits as Limits
from .models import describe_models as describe_models, load_taggers as load_taggers
from .server import serve as serve
