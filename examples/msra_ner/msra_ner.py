"""Loading script for datasets below 4, which still knows such scripts.

``load_dataset("examples/msra_ner", trust_remote_code=True)``, with the package installed. Where
``import msra_ner`` can be written first, the name ``msra_ner`` does the same in every version.
"""

from msra_ner.dataset.builder import MsraNer


class MsraNerScript(MsraNer):
    """The builder of the package, under the name that a script must define itself."""
