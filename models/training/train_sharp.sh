#!/bin/sh
# Trains photo-sharp: on from photo with a discriminator of its own (nalatrain/sharpen.py). RUN/ema.safetensors, RUN/log.jsonl.
# Usage, from the repository's root:  models/training/train_sharp.sh [DATA] [RUN]
# The same command resumes. Environment:
#   SCALE           4
#   SECONDS_IN_ALL  length of the training (500); a number written to RUN/seconds changes it while it runs
#   INIT            the weights to sharpen (models/photo_x$SCALE.safetensors)
#   PUSH            of the discriminator, in units of L1's slope (1.5); a number written to RUN/push changes it
#   TRAIN           further options for nalatrain.train
# Then: gpu_session.md, "A sharper photo".
set -eu
data=${1:-../shared/data}
scale=${SCALE:-4}
run=${2:-runs/photo-sharp_x$scale}
PYTHONPATH=models/training${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
# shellcheck disable=SC2086
exec python3 -m nalatrain.train --data "$data/train" --run "$run" --scale "$scale" --blind \
    --scopes window:32,window:32,window:32,global --rotary none --drift 1 \
    --init "${INIT:-models/photo_x$scale.safetensors}" --sharpen "${PUSH:-1.5}" --match 2 --keep 1 --ahead 500 \
    --seconds "${SECONDS_IN_ALL:-500}" --stable 0.7 --phases 0:64x16,0.7:96x7 --peak 1e-4 --warm-up 200 --ema 0.999 \
    --seed 1 --validate-every 60 --save-every 30 ${TRAIN:-}
