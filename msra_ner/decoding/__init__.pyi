from .chain_labels import ChainLabels as ChainLabels, TrainScheme as TrainScheme
from .decoders import (
    DECODERS as DECODERS,
    DEFAULT_DECODER as DEFAULT_DECODER,
    ArgmaxDecoder as ArgmaxDecoder,
    CrfDecoder as CrfDecoder,
    Decoder as Decoder,
    DecoderName as DecoderName,
    ViterbiDecoder as ViterbiDecoder,
    check_logits as check_logits,
    make_decoder as make_decoder,
)
