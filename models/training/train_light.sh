#!/bin/sh
# Trains light ×2 or ×3 from light ×4 (everything but the tail is taken), or a scale further (INIT), exports and draws the curve. The
# same command resumes.
# Usage, from the repository's root:  models/training/train_light.sh SCALE [DATA] [RUN]
# Environment: SECONDS_IN_ALL  length of the training (1526, of an H200 shared with another training)
#              INIT  weights to start from; EXPORT=no  trains only; GROUP  blocks to each closing convolution (1)
#              OPTIONS  more options of nalatrain.train, the last one counts; without it models/training/in_decibels
# What was shipped went through it in steps, each from the weights before: ×3 with GROUP=4, then with 1 and --squares 0; ×2 with
# OPTIONS="$(cat models/training/in_decibels) --squares 0", GROUP=4 for 737 s and again for 1318 s, then with 1. All of it with global attention; the
# scopes of ×2 need no training (docs/decisions/0017).
set -eu
scale=$1
data=${2:-../shared/data}
run=${3:-runs/light_x$scale}
PYTHONPATH=models/training${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
pictures=$(models/training/all_data.sh "$data")
python3 -m nalatrain.train --data "$pictures/train" --run "$run" --scale "$scale" --group "${GROUP:-1}" --init "${INIT:-models/light_x4.safetensors}" \
    --seconds "${SECONDS_IN_ALL:-1526}" --stable 0.5 --phases 0:64x16,0.6:96x7 --peak 6e-4 --warm-up 500 --ema 0.9995 --drift 0.5 \
    --seed 1 --validate-every 60 --save-every 30 ${OPTIONS-$(cat models/training/in_decibels)}
[ "${EXPORT:-yes}" = no ] && exit
scopes=global
[ "$scale" != 2 ] || scopes=around:32,around:32,around:32,global
python3 -m nalatrain.export --run "$run" --name light --benchmark "$data/benchmark" --scopes $scopes
python3 -m nalatrain.curve "$run/log.jsonl" "docs/models/light_x${scale}_curve.png"
