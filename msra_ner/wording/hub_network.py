"""What to check where the Hub gives no answer."""

import os


def advise_on_network(*, pushing: bool = False) -> str:
    """Return the advice that a message ends with, without a full stop.

    The address in ``HF_ENDPOINT`` is not shown: it may hold a password.

    Args:
        pushing: Whether files were to be sent. A mirror may lack Xet, by which they are sent, and
            then breaks the connection.
    """
    if not os.environ.get("HF_ENDPOINT"):
        return "check the network; where the Hub cannot be reached, set HF_ENDPOINT to a mirror"
    without = os.environ.get("HF_HUB_DISABLE_XET", "").casefold() in ("1", "on", "yes", "true")
    xet = "" if without or not pushing else "; if it has no Xet, set HF_HUB_DISABLE_XET=1"
    return f"check the network and the mirror that HF_ENDPOINT names{xet}"
