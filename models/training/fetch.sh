#!/bin/sh
# Waits for trainings that together.sh has started, SECONDS at most, and copies what is there of them to OUT; prints their last lines.
#   models/training/fetch.sh SECONDS OUT NAME...     NAME: its files lie in /tmp/NAME, its log is /tmp/NAME.log
set -eu
limit=$1 out=$2
shift 2
until=$(($(date +%s) + limit))
running() {
  for name; do
    grep -qs '"event": "end"' "/tmp/$name.log" || return 0
  done
  return 1
}
while [ "$(date +%s)" -lt "$until" ] && running "$@"; do sleep 1; done
for name; do
  echo "$name: $(tail -n 2 "/tmp/$name.log" 2>&1 | cut -c 1-700)"
  for file in ema.safetensors log.jsonl; do
    [ ! -e "/tmp/$name/$file" ] || cp "/tmp/$name/$file" "$out/${name}_$file"
  done
done
