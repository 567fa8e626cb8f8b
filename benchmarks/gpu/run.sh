#!/usr/bin/env bash
# What a GPU is worth, on a bare machine with .gpu/ (pack.sh) in the project's root; results in $OUT.
#   bash benchmarks/gpu/run.sh figure     (five minutes: the recipe best on all of train)
#   bash benchmarks/gpu/run.sh speed      (six minutes: agreement with the CPU, training, tagging)
#   bash benchmarks/gpu/run.sh recipes    (eight minutes: the defaults, best, and the peer's rates)
# PEAK: TFLOP/s of the GPU in bf16, 989 for an H100 or H200. The other variables: for a try elsewhere.
set -uo pipefail
export OUT=${OUT:-gpu-out} PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
data=${DATA:-/tmp/msra} runs=${RUNS:-/tmp/runs} encoder=${ENCODER:-.gpu/encoder}
device=${DEVICE:-cuda} peak=${PEAK:-989}
mkdir -p "$OUT" "$runs" "$data"
[ -d /tmp/site ] || python3 -m pip install -q --no-index --no-deps --no-compile --no-cache-dir \
  --target /tmp/site .gpu/whl/*.whl || exit 1
export PYTHONPATH=/tmp/site:$PWD OMP_NUM_THREADS=${THREADS:-2}
[ -d "$data/test" ] || python3 -m zipfile -e .gpu/msra.zip "$data" || exit 1
nvidia-smi --query-gpu=name,utilization.gpu,memory.used --format=csv -l 2 >"$OUT/gpu.csv" 2>&1 &

part() { # NAME LIMIT COMMAND...: one part; what it prints is kept at once
  echo "== $((SECONDS)) s: $1"
  timeout "$2" "${@:3}" 2>"$runs/$1.err" | tee "$OUT/$1.txt"
  local status=${PIPESTATUS[0]}
  [ "$status" = 0 ] || { echo "status $status"; tail -c 2500 "$runs/$1.err"; }
  # What each run wrote, but for its weights.
  tar -C "$runs" -czf "$OUT/runs.tgz" --exclude='*.safetensors' --exclude='checkpoint-*' \
    --exclude='*.bin' --exclude='*.html' --exclude=plots --exclude=tokenizer.json .
}
train() { # NAME FLAG...: a run in $runs, of which the last epoch counts
  timeout 290 python3 run_ner.py --data_dir "$data" --model_name_or_path "$encoder" \
    --output_dir "$runs/$1" --overwrite --recipe best --precision bf16 \
    --per_device_train_tokens 8192 --eval_strategy no --save_strategy no "${@:2}" \
    >"$runs/$1.err" 2>&1 || tail -c 2500 "$runs/$1.err"
  grep -H "eval_f1\|test_f1\|train_runtime" "$runs/$1"/{all_results,timing}.json
}
train_figures() { # side by side: alone, a run leaves most of the GPU idle
  for run in "6e-4 42" "6e-4 43" "6e-4 44" "4e-4 42" "9e-4 42"; do
    read -r rate seed <<<"$run"
    train "$rate-$seed" --num_train_epochs "${EPOCHS:-10}" --seed "$seed" \
      --learning_rate "$rate" --head_learning_rate "${rate%-4}-3" &
  done
  wait
}
export -f train train_figures
export data runs encoder

case ${1:-} in
figure)
  part figure 320 bash -c train_figures
  ;;
speed)
  part chain-loss 40 python3 benchmarks/gpu/chain_loss.py --device "$device"
  part run 120 bash -c 'train run --num_train_epochs 2'
  OMP_NUM_THREADS=8 part agree 60 python3 benchmarks/gpu/agree.py "$runs/run" --data "$data" \
    --device "$device" --sentences "${SENTENCES:-600}" --json "$OUT/agree.json"
  mkdir -p "$runs/part/train" # the whole of train takes a slow machine long to read
  for file in sentences tags; do
    head -n "${PART:-10000}" "$data/train/$file.txt" >"$runs/part/train/$file.txt"
  done
  part training 150 python3 benchmarks/training.py --data "$runs/part" --model "$encoder" --gpu \
    --peak "$peak" --steps "${STEPS:-300}" --repeats 1
  part tagging 90 python3 benchmarks/tagging.py "$runs/run" --data "$data" --device "$device" \
    --sentences "${SENTENCES:-1000}" --repeats 2 --pipeline_batch 256
  ;;
recipes)
  part recipes 470 python3 benchmarks/quality/ladder.py --data "$data" --model "$encoder" \
    --output "$runs/ladder" --train "${TRAIN:-0}" --tables recipe whole --jobs "${JOBS:-8}"
  ;;
*)
  echo "expected figure, speed or recipes, found ${1:-nothing}" >&2
  exit 2
  ;;
esac
echo "== $((SECONDS)) s: end"
kill %1 2>/dev/null
