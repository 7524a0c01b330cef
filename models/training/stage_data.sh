#!/bin/sh
# Prepares .carry/1, 2, ... for the device machine: all that bicubic trainings learn from (all_data.sh) in parts of at most 42 MiB
# (64 travel at a time, of which the repository takes 20), and .carry/benchmark with Set5 and Set14.
# Usage, from the repository's root, before the session: models/training/stage_data.sh [DATA]
set -eu
shared=${1:-../shared/data}
all=$(models/training/all_data.sh "$shared")
rm -rf .carry/[0-9]* .carry/benchmark
mkdir -p .carry/benchmark
cp -r "$shared/benchmark/Set5" "$shared/benchmark/Set14" .carry/benchmark/
part=1
used=0
for folder in "$all"/train/*/; do
  for picture in "$folder"*; do
    size=$(($(stat -L -c %s "$picture") / 1024 + 4))
    used=$((used + size))
    if [ $used -gt $((42 * 1024)) ]; then
      part=$((part + 1))
      used=$size
    fi
    to=.carry/$part/train/$(basename "$folder")
    mkdir -p "$to"
    cp "$picture" "$to/"
  done
done
du -sm .carry/*
