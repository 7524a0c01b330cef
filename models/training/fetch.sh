#!/bin/sh
# Waits for trainings that together.sh has started, SECONDS at most, and copies what is there of them to OUT (weights, and all logs
# in logs.tar.gz); prints their last lines. One that has died is not waited for.
#   models/training/fetch.sh SECONDS OUT NAME...     NAME: its files lie in /tmp/NAME, its log is /tmp/NAME.log
set -eu
limit=$1 out=$2
shift 2
until=$(($(date +%s) + limit))
running() {
  for name; do
    grep -qs '"event": "end"' "/tmp/$name.log" || ! pgrep -f "/tmp/$name( |\$)" > /dev/null || return 0
  done
  return 1
}
while [ "$(date +%s)" -lt "$until" ] && running "$@"; do sleep 1; done
for name; do
  echo "$name: $(tail -n 2 "/tmp/$name.log" 2>&1 | cut -c 1-700)"
  [ ! -e "/tmp/$name/ema.safetensors" ] || cp "/tmp/$name/ema.safetensors" "$out/${name}_ema.safetensors"
done
(cd /tmp && tar -czf "$out/logs.tar.gz" $(for name; do ls "$name/log.jsonl" "$name.log" 2> /dev/null || true; done))
