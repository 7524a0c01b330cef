#!/bin/sh
# Repeats the training of models/light_x4.safetensors: about 24 minutes on an NVIDIA H200. Run again to resume.
# Usage, from the repository's root:  models/training/train_light_x4.sh [DATA] [RUN]
set -eu
data=${1:-../shared/data}
run=${2:-runs/light_x4}
PYTHONPATH=models/training${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
python3 -m nalatrain.train --data "$data/train" --run "$run" --scale 4 --seconds 1395 --phases 0:64x16,0.6:96x7 \
    --peak 1e-3 --warm-up 500 --ema 0.9995 --seed 1 --validate-every 120 --save-every 60
python3 -m nalatrain.export --run "$run" --name light --benchmark "$data/benchmark"
python3 -m nalatrain.curve "$run/log.jsonl" docs/models/light_x4_curve.png
