#!/bin/sh
# Trains models/photo_x4.safetensors on blind batches (unknown blur, noise, JPEG), exports and measures it.
# Usage, from the repository's root:  models/training/train_photo_x4.sh [DATA] [RUN]
# The same command resumes. Environment:
#   SECONDS_IN_ALL  length of the training (960); the cosine ends there
#   STOP_AFTER      seconds of training in this call, after which it pauses (no limit)
#   FORM            options for nalatrain.train that say which attention; otherwise the choice of ABLATION/ablation.jsonl
#                   (`nalatrain.ablate --pick`), otherwise three windowed blocks for each global one
#   OUT             a folder for copies of what the next call or the repository needs, each file below 16 MiB
#   MODEL, SCALE    another name of nalatrain.export and scale (photo, 4); TRAIN: further options for nalatrain.train
set -eu
data=${1:-../shared/data}
run=${2:-runs/photo_x4}
model=${MODEL:-photo} scale=${SCALE:-4}
PYTHONPATH=models/training${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
mkdir -p "$run"
# The form is decided once: a resumed training keeps it.
if [ -n "${FORM:-}" ] && [ ! -e "$run/form" ]; then echo "$FORM" > "$run/form"; fi
[ -s "$run/form" ] || python3 -m nalatrain.ablate --out "${ABLATION:-runs/ablation}" --pick > "$run/form"
echo "form: $(cat "$run/form")"
keep() {
    [ -z "${OUT:-}" ] || for file in "$run/state.pt" "$run/form" "$run/log.jsonl" "$run/ema.safetensors" "$@"; do
        [ ! -e "$file" ] || cp "$file" "$OUT/"
    done
}
trap keep EXIT
# shellcheck disable=SC2046,SC2086
python3 -m nalatrain.train --data "$data/train" --run "$run" --scale "$scale" --blind $(cat "$run/form") \
    --seconds "${SECONDS_IN_ALL:-960}" --stop-after "${STOP_AFTER:-1000000}" --phases 0:64x16,0.6:96x7 \
    --peak 1e-3 --warm-up 500 --ema 0.9995 --seed 1 --validate-every 60 --save-every 30 ${TRAIN:-}
if tail -n 1 "$run/log.jsonl" | grep -q '"event": "end"'; then
    if [ -d "$data/benchmark/BSD100" ]; then
        python3 -m nalatrain.export --run "$run" --name "$model" --benchmark "$data/benchmark"
        keep "models/${model}_x${scale}.safetensors" models/manifest.json "$run/evaluation.json"
    else
        echo "no BSD100 below $data/benchmark: export later with nalatrain.export"
    fi
fi
