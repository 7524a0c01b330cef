#!/bin/sh
# Prepares .carry/1 .. .carry/4 for the device machine (each below 58 MiB beside the repository's own 5) and
# .carry/5 (BSD100, for a later call); .carry is in .git/info/exclude. From the repository's root, before the session.
set -eu
shared=${1:-../shared/data}
grep -qx '/.carry/' .git/info/exclude || echo '/.carry/' >> .git/info/exclude
rm -rf .carry
mkdir -p .carry/1/train .carry/1/benchmark .carry/2/train .carry/3/train .carry/4/train .carry/5/benchmark
cp -r "$shared/train/02" .carry/1/train/ && cp -r "$shared/benchmark/Set14" .carry/1/benchmark/
cp -r "$shared/train/00" .carry/2/train/
cp -r "$shared/train/01" .carry/3/train/
cp -r "$shared/train/03" .carry/4/train/
cp -r "$shared/benchmark/BSD100" .carry/5/benchmark/
du -sm .carry/*
