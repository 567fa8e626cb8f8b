#!/usr/bin/env bash
# Makes .gpu/, which holds what a GPU machine without network lacks: 57 MB, with the checkout 61.
#   bash benchmarks/gpu/pack.sh DATA MODEL       (from the project's root)
# .gpu/whl: wheels for Python 3.12, of packages that NVIDIA's and other images seldom have
# .gpu/encoder: MODEL; .gpu/msra.zip: train, val and test of DATA
set -euo pipefail
data=$1 model=$2
rm -rf .gpu && mkdir -p .gpu/whl .gpu/encoder
tags=(); for t in 2_28 2_27 2_17; do tags+=(--platform "manylinux_${t}_x86_64"); done
python3 -m pip download -q --no-deps --only-binary=:all: --python-version 3.12 \
  --implementation cp "${tags[@]}" --platform manylinux2014_x86_64 -d .gpu/whl \
  datasets==5.2.0 dill==0.4.1 multiprocess==0.70.19 evaluate==0.4.6 opencc==1.4.2 wcwidth \
  lazy_loader wrapt filelock
python3 -m pip wheel -q --no-deps -w .gpu/whl seqeval==1.2.2
for name in config.json model.safetensors tokenizer.json tokenizer_config.json vocab.txt; do
  cp "$model/$name" .gpu/encoder/
done
root=$PWD; (cd "$data" && python3 -m zipfile -c "$root/.gpu/msra.zip" train val test tags.txt)
du -sh .gpu .gpu/*
