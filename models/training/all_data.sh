#!/bin/sh
# All that bicubic trainings learn from: prints a folder whose train/ has the pictures of DATA and renderings of our own. That is
# DATA itself where it has them, else runs/data, made of links.
# Usage, from the repository's root:  models/training/all_data.sh DATA
set -eu
[ ! -d "$1/train/renderings" ] || { echo "$1"; exit; }
all=runs/data
for folder in "$1"/train/*/; do
  to=$all/train/$(basename "$folder")
  mkdir -p "$to"
  ln -sf "$(realpath "$folder")"/* "$to/"
done
if [ ! -d $all/train/renderings ]; then
  PYTHONPATH=models/training python3 -m nalatrain.renderings $all/renderings.part --count 84 --seed 1
  mv $all/renderings.part $all/train/renderings
fi
echo $all
