from .devices import (
    cpu_has_bf16 as cpu_has_bf16,
    has_accelerator as has_accelerator,
    without_cudnn_attention as without_cudnn_attention,
)
from .freed_memory import keep_freed_memory as keep_freed_memory
from .layer_sizes import DEFAULT_SIZES as DEFAULT_SIZES, LayerSizes as LayerSizes, Work as Work
from .precision import (
    PRECISIONS as PRECISIONS,
    Precision as Precision,
    choose_precision as choose_precision,
)
from .threads import (
    available_cores as available_cores,
    count_threads as count_threads,
    use_cpu_threads as use_cpu_threads,
)
