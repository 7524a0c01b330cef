#!/bin/sh
# The calls of a GPU session (gpu_session.md), as commands of the device machine. Trainings run in /tmp/repo with the data in /tmp/d,
# because every call replaces the tree that it runs in.
#   session.sh begin SECONDS             the first call: takes this tree and .carry/5; trainings will end SECONDS from now
#   session.sh data N                    takes .carry/N
#   session.sh train LINES               starts the trainings of the file LINES (as for together.sh, with the card before each NAME),
#                                        which end when `begin` said
#   session.sh look SECONDS NAME...      waits, then prints the logs' first and last lines
#   session.sh get SECONDS OUT NAME...   waits for trainings to end, SECONDS at most, and copies weights and logs to OUT
# NAME: a training whose files lie in /tmp/NAME and whose log is /tmp/NAME.log. All but `begin` end with 9 on a machine that is not
# prepared: a call that came too late has started a new one.
set -eu
command=$1
shift
[ "$command" = begin ] || [ -e /tmp/ready ] || exit 9
since() { echo $(($(date +%s) - $(cat /tmp/ready))); }

running() {
  for name; do
    grep -qs '"event": "end"' "/tmp/$name.log" || ! pgrep -f "/tmp/$name( |\$)" > /dev/null || return 0
  done
  return 1
}

case $command in
  begin)
    mkdir -p /tmp/d
    cp -r .carry/5/. /tmp/d/
    rm -rf /tmp/repo
    cp -r . /tmp/repo
    date +%s > /tmp/ready
    echo $(($(cat /tmp/ready) + $1)) > /tmp/end
    nvidia-smi --query-gpu=name,memory.total --format=csv,noheader
    ;;
  data)
    cp -r ".carry/$1/." /tmp/d/
    echo "$(du -sm /tmp/d | cut -f 1) MiB after $(since) s"
    ;;
  train)
    lines=$(realpath "$1")
    cd /tmp/repo
    cut -d ' ' -f 1 "$lines" | sort -u | while read -r card; do
      grep "^$card " "$lines" | cut -d ' ' -f 2- | CARD=$card models/training/together.sh
    done
    cut -d ' ' -f 2 "$lines" | while read -r name; do
      setsid nohup "$PWD/models/training/session.sh" end "$name" > /dev/null 2>&1 < /dev/null &
    done
    echo "started after $(since) s"
    ;;
  end) # what `train` leaves behind: a training's length is known when it begins, after loading
    until grep -qs '"event": "start"' "/tmp/$1.log"; do sleep 0.2; done
    echo $(($(cat /tmp/end) - $(date +%s))) > "/tmp/$1/seconds"
    ;;
  look)
    sleep "$1"
    shift
    for name; do
      echo "## $name"
      head -n 3 "/tmp/$name.log" | cut -c 1-900
      tail -n 3 "/tmp/$name.log" | cut -c 1-500
    done
    ;;
  get)
    until=$(($(date +%s) + $1))
    out=$2
    shift 2
    while [ "$(date +%s)" -lt "$until" ] && running "$@"; do sleep 1; done
    for name; do
      grep -qs FAILED "/tmp/$name.log" && echo "$name: a check FAILED, it trains slowly"
      echo "$name: $(tail -n 2 "/tmp/$name.log" 2>&1 | cut -c 1-700)"
      [ ! -e "/tmp/$name/ema.safetensors" ] || cp "/tmp/$name/ema.safetensors" "$out/${name}_ema.safetensors"
    done
    cd /tmp
    for name; do ls "$name/log.jsonl" "$name.log" 2> /dev/null || true; done | tar -czf "$out/logs.tar.gz" -T -
    echo "after $(since) s"
    ;;
  *)
    echo "session.sh: no such command: $command" >&2
    exit 2
    ;;
esac
