from .chain import find_legal as find_legal
from .decoders import (
    DECODERS as DECODERS,
    DEFAULT_DECODER as DEFAULT_DECODER,
    ArgmaxDecoder as ArgmaxDecoder,
    CrfDecoder as CrfDecoder,
    Decoder as Decoder,
    DecoderName as DecoderName,
    ViterbiDecoder as ViterbiDecoder,
    make_decoder as make_decoder,
)
