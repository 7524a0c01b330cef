#!/bin/sh
# All that bicubic trainings learn from in FOLDER/train: links to the pictures of DATA, and renderings of our own.
# Usage, from the repository's root:  models/training/all_data.sh DATA FOLDER
set -eu
mkdir -p "$2/train"
for folder in "$1"/train/*/; do
  to=$2/train/$(basename "$folder")
  mkdir -p "$to"
  ln -sf "$(realpath "$folder")"/* "$to/"
done
if [ ! -d "$2/train/renderings" ]; then
  PYTHONPATH=models/training python3 -m nalatrain.renderings "$2/train/renderings.part" --count 84 --seed 1
  mv "$2/train/renderings.part" "$2/train/renderings"
fi
