from .chain_labels import ChainLabels as ChainLabels, TrainScheme as TrainScheme
from .choice import DECODERS as DECODERS, make_decoder as make_decoder
from .decoders import (
    DEFAULT_DECODER as DEFAULT_DECODER,
    ArgmaxDecoder as ArgmaxDecoder,
    CrfDecoder as CrfDecoder,
    Decoder as Decoder,
    DecoderName as DecoderName,
    ViterbiDecoder as ViterbiDecoder,
    check_logits as check_logits,
)
from .temperature import apply_temperature as apply_temperature, fit_temperature as fit_temperature
