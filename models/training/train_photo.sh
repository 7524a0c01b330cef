#!/bin/sh
# Trains the photo model on blind batches (unknown blur, noise, JPEG): RUN/ema.safetensors, RUN/log.jsonl.
# Usage, from the repository's root:  models/training/train_photo.sh [DATA] [RUN]
# The same command resumes. The form of attention is docs/decisions/0007's. Environment:
#   SCALE           4
#   SECONDS_IN_ALL  length of the training (790); a number written to RUN/seconds changes it while it runs
#   INIT            weights to start from: the shipped ones to train on, or those of another scale
#   TRAIN           further options for nalatrain.train
# Then: nalatrain.evaluate --protocol blind --program, nalatrain.export --evaluation (docs/models.md).
set -eu
data=${1:-../shared/data}
scale=${SCALE:-4}
run=${2:-runs/photo_x$scale}
PYTHONPATH=models/training${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
# shellcheck disable=SC2086
exec python3 -m nalatrain.train --data "$data/train" --run "$run" --scale "$scale" --blind \
    --scopes window:32,window:32,window:32,global --rotary none --drift 0.5 \
    --seconds "${SECONDS_IN_ALL:-790}" --stable 0.7 --phases 0:64x16,0.7:96x7 --peak 1e-3 --warm-up 500 --ema 0.9995 \
    --seed 1 --validate-every 60 --save-every 30 ${INIT:+--init "$INIT"} ${TRAIN:-}
