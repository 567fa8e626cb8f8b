"""The words of a card that the Hub knows by codes of its own: language and licence."""

import re

from msra_ner.errors import ArgumentsError
from msra_ner.wording import ask_whether_meant, find_nearest

# Names, and codes of countries, that people write in place of the code of the language.
_LANGUAGE_CODES = {
    **dict.fromkeys(("chinese", "mandarin", "cn", "zh-cn", "zh-hans", "zh-hant", "zh-tw"), "zh"),
    **dict.fromkeys(("english", "en-us", "en-gb", "eng-us"), "en"),
    **dict.fromkeys(("japanese", "jp"), "ja"),
    **dict.fromkeys(("korean", "kr"), "ko"),
    **{"german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt"},
    **{"dutch": "nl", "russian": "ru", "arabic": "ar", "swedish": "sv", "vietnamese": "vi"},
    **{"cantonese": "yue", "tibetan": "bo", "uyghur": "ug", "mongolian": "mn"},
}
# Two or three letters, as ISO 639 has them, and the two words that the Hub takes beside them.
_LANGUAGE = re.compile(r"[a-z]{2,3}|multilingual|code")
# The identifiers of the Hub's documentation (Repositories, Licenses).
_LICENSES = """
apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0
bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear
c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0
cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0
cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl
ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1
lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl
openmdw-1.0 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr
deepfloyd-if-license fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3
llama4 grok2-community gemma unknown other
"""


def check_card_words(language: str | None, license: str | None) -> None:
    """Refuse a language or licence that the Hub would not know; None is left out of the card.

    Raises:
        ArgumentsError: One is no code of the Hub's; the message has the one that may be meant.

    >>> check_card_words("zh", "apache-2.0")
    """
    if language is not None:
        meant = _LANGUAGE_CODES.get(language.lower())
        if meant or not _LANGUAGE.fullmatch(language):
            hint = f"Did you mean {meant}?" if meant else "zh is Chinese, en English."
            raise ArgumentsError(
                f"--language: found {language!r}, expected a code of ISO 639 in small letters. "
                f"{hint}"
            )
    known = _LICENSES.split()
    if license is not None and license not in known:
        hint = ask_whether_meant(find_nearest(license, known), "")
        raise ArgumentsError(
            f"--license: found {license!r}, expected a name that the Hub has for it, for example "
            f"apache-2.0 or mit, and other for one that it does not list. {hint}".rstrip()
        )
