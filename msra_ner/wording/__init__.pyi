from .flag_errors import OneLineErrors as OneLineErrors
from .flag_help import (
    HelpText as HelpText,
    HelpWithDefaults as HelpWithDefaults,
    ShowAll as ShowAll,
    write_epilog as write_epilog,
)
from .hub_network import advise_on_network as advise_on_network
from .nearest import ask_whether_meant as ask_whether_meant, find_nearest as find_nearest
from .translation import (
    find_language as find_language,
    translate as translate,
    translate_all as translate_all,
)
