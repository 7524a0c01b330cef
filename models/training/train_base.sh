#!/bin/sh
# Trains base ×4 (24 blocks) from light ×4, grown (nalatrain/grow.py), exports and draws the curve. The same command resumes. The
# shipped one has --group 4 and began from commit 23bdffe's light_x4; from today's it gets a closing convolution after every block.
# Usage, from the repository's root:  models/training/train_base.sh [DATA] [RUN]
# Environment: SECONDS_IN_ALL  length of the training; INIT  weights to start from; EXPORT=no  trains only; GROUP=4
#              OPTIONS  more options of nalatrain.train, the last one counts
set -eu
data=${1:-../shared/data}
run=${2:-runs/base_x4}
PYTHONPATH=models/training${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
pictures=$(models/training/all_data.sh "$data")
python3 -m nalatrain.train --data "$pictures/train" --run "$run" --scale 4 --blocks 24 --group "${GROUP:-1}" --init "${INIT:-models/light_x4.safetensors}" \
    $(cat models/training/against_overfitting) --seconds "${SECONDS_IN_ALL:-1440}" --stable 0.5 --phases 0:64x16,0.5:96x7 --peak 8e-4 \
    --warm-up 500 --ema 0.9995 --drift 0.5 --seed 1 --validate-every 120 --save-every 30 ${OPTIONS:-}
[ "${EXPORT:-yes}" = no ] && exit
python3 -m nalatrain.export --run "$run" --name base --benchmark "$data/benchmark"
python3 -m nalatrain.curve "$run/log.jsonl" docs/models/base_x4_curve.png
