#!/bin/sh
# Repeats the training of models/light_x4.safetensors on an NVIDIA H200: 24 minutes on photographs, then with augmentation and
# renderings (15 minutes, alone on the card, are as many steps as the shipped weights had), then with the patches' PSNR as the loss (18
# minutes), then with a closing convolution after every block (14 minutes), then with small, sharp pictures more often and the last part without
# blends (14 minutes), then a little more against shifts of colour (4 minutes), of which 0.3 are taken. Run again to resume.
# Usage, from the repository's root:  models/training/train_light_x4.sh [DATA] [RUN]
set -eu
data=${1:-../shared/data}
run=${2:-runs/light_x4}
PYTHONPATH=models/training${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
python3 -m nalatrain.train --data "$data/train" --run "$run-first" --scale 4 --seconds 1395 --phases 0:64x16,0.6:96x7 \
    --peak 1e-3 --warm-up 500 --ema 0.9995 --seed 1 --validate-every 120 --save-every 60
INIT=$run-first/ema.safetensors GROUP=4 SECONDS_IN_ALL=900 EXPORT=no \
    OPTIONS="$(cat models/training/against_overfitting) --peak 1e-3 --phases 0:64x16,0.5:96x7 --validate-every 120" \
    models/training/train_light.sh 4 "$data" "$run-second"
INIT=$run-second/ema.safetensors GROUP=4 SECONDS_IN_ALL=1080 EXPORT=no \
    OPTIONS="$(cat models/training/in_decibels) --validate-every 120" models/training/train_light.sh 4 "$data" "$run-third"
INIT=$run-third/ema.safetensors SECONDS_IN_ALL=840 EXPORT=no \
    OPTIONS="$(cat models/training/in_decibels) --squares 0 --validate-every 120" models/training/train_light.sh 4 "$data" "$run-fourth"
smaller="$(cat models/training/in_decibels) --squares 0 --validate-every 120 --natural 0.55 --area-power 0.5 --phases 0:64x16,0.4:96x7"
INIT=$run-fourth/ema.safetensors SECONDS_IN_ALL=${SECONDS_IN_ALL:-840} EXPORT=no OPTIONS="$smaller" \
    models/training/train_light.sh 4 "$data" "$run-fifth"
INIT=$run-fifth/ema.safetensors SECONDS_IN_ALL=240 EXPORT=no OPTIONS="$smaller --drift 1" \
    models/training/train_light.sh 4 "$data" "$run"
python3 -m nalatrain.mean "$run-fifth/ema.safetensors" "$run/ema.safetensors" 0.3 "$run/ema.safetensors"
python3 -m nalatrain.export --run "$run" --name light --benchmark "$data/benchmark"
python3 -m nalatrain.curve "$run-fifth/log.jsonl" docs/models/light_x4_curve.png
