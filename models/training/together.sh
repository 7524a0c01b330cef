#!/bin/sh
# Starts several trainings on one card and returns at once. Through MPS (where nvidia-cuda-mps-control is) two of them do 1.25
# times the work of one after the other. Reads lines from standard input: NAME DELAY COMMAND...; NAME starts DELAY seconds
# from now and writes /tmp/NAME.log. `models/training/session.sh get` waits for them. CARD in the environment: which GPU (0); its MPS
# daemon knows no other one. MPS=no: without MPS.
#   CARD=1 models/training/together.sh <<END
#   x2 0 models/training/train_light.sh 2 /tmp/d /tmp/x2
#   x3 700 models/training/train_light.sh 3 /tmp/d /tmp/x3
#   END
set -eu
card=${CARD:-0}
export CUDA_VISIBLE_DEVICES="$card"
if [ "${MPS:-yes}" = yes ] && command -v nvidia-cuda-mps-control > /dev/null; then
  export CUDA_MPS_PIPE_DIRECTORY="/tmp/mps$card" CUDA_MPS_LOG_DIRECTORY="/tmp/mpslog$card"
  mkdir -p "$CUDA_MPS_PIPE_DIRECTORY" "$CUDA_MPS_LOG_DIRECTORY"
  nvidia-cuda-mps-control -d || true # it runs already
  export CUDA_VISIBLE_DEVICES=0      # of those that the daemon has
fi
export PYTHONUNBUFFERED=1 EXPORT=no
while read -r name delay command; do
  [ -n "$name" ] || continue
  rm -f "/tmp/$name.log"
  setsid nohup sh -c "sleep $delay; exec $command" > "/tmp/$name.log" 2>&1 < /dev/null &
done
