# bash completion of nalasr
_nalasr() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W 'upscale info models evaluate compare --help --version' -- "$current"))
    return
  fi
  case $previous in
    -f | --format) COMPREPLY=($(compgen -W 'png jpeg webp tiff bmp' -- "$current")) ;;
    --existing) COMPREPLY=($(compgen -W 'skip overwrite rename fail' -- "$current")) ;;
    --device) COMPREPLY=($(compgen -W 'auto cpu cuda' -- "$current")) ;;
    --precision) COMPREPLY=($(compgen -W 'mixed fp32' -- "$current")) ;;
    --sharpness) COMPREPLY=($(compgen -W '0 0.25 0.5 0.75 1' -- "$current")) ;;
    -s | --scale) COMPREPLY=($(compgen -W '2 3 4' -- "$current")) ;;
    -m | --model)
      COMPREPLY=($(compgen -W "$(nalasr models 2>/dev/null | awk 'NR > 1 { print $1 }' | sort -u)" -- "$current")
                 $(compgen -f -X '!*.safetensors' -- "$current")) ;;
    -q | --quality | --png-level | --memory-budget | --max-pixels | --threads | -j | --jobs | --shard | --output-template | --tile) ;;
    *)
      if [[ $current == -* ]]; then
        local options='--help'
        case $command in
          upscale) options+=' --output --scale --model --sharpness --format --quality --png-level --strip --recursive
            --files-from --output-template --existing --overwrite --shard --dry-run --json --memory-budget --max-pixels --device
            --precision --threads --jobs' ;;
          compare) options+=' --input --sizes --model --scale --methods --device --precision --threads --repeat --warm-up
            --time-limit --memory-limit --report --check --from' ;;
          info) options+=' --model --scale' ;;
          evaluate) options+=' --hr --lr --scale --model --device --precision --tile --json' ;;
        esac
        COMPREPLY=($(compgen -W "$options" -- "$current"))
      else
        compopt -o filenames
        COMPREPLY=($(compgen -f -- "$current"))
      fi ;;
  esac
}
complete -F _nalasr nalasr
