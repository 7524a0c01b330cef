# shellcheck shell=bash
# For scripts/setup: makes a folder below third_party from parts of PyPI's wheels. Wheels are the one form in which
# these libraries lie on a package index with pinned hashes; any cp3xx wheel would do, Python is not involved.

# have_wheels FOLDER REQUIREMENTS: whether the folder was made from exactly these.
have_wheels() { [[ -f $1/wheels.txt && $(<"$1/wheels.txt") == "$2" ]]; }

# fetch_wheels FOLDER REQUIREMENTS MEMBERS: REQUIREMENTS are pip's, one wheel a line with its hash. MEMBERS says what to
# keep: lines of "wheel's file name pattern, space, regular expression over the paths in it", whose first group is the
# path below FOLDER, or below a folder of that where a third word names it.
fetch_wheels() {
  local folder=$1 requirements=$2 members=$3
  mkdir -p third_party
  # Two set-ups at once (an editor and a terminal) take turns; the second finds the work done.
  exec 9>third_party/.lock
  flock 9
  if have_wheels "$folder" "$requirements"; then
    return
  fi

  local work=third_party/.download downloads wheel attempt
  rm -rf "$work/unpacked" "$work/tmp"
  mkdir -p "$work/unpacked" "$work/tmp" "${NALASR_DOWNLOADS:=$work/wheels}"
  downloads=$(cd "$NALASR_DOWNLOADS" && pwd)
  # One wheel at a time: pip moves a file into place only when it is complete and of the right hash, and takes what is
  # there already. Its cache is off: it would double the space, and Debian 12's pip holds the whole file in memory for it.
  while read -r wheel; do
    for attempt in 1 2 3; do
      if TMPDIR=$PWD/$work/tmp python3 -m pip download --no-cache-dir --no-deps --require-hashes \
           --only-binary=:all: --implementation cp --python-version 3.12 --abi cp312 \
           --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux2014_x86_64 \
           --platform manylinux2010_x86_64 \
           --dest "$downloads" --requirement <(printf '%s\n' "$wheel") </dev/null; then
        break
      fi
      ((attempt < 3)) || die "could not download ${wheel%% *}; run this again, finished wheels are kept"
      say "trying again to download ${wheel%% *}"
      sleep 5
    done
  done <<<"$requirements"

  say "unpacking into $folder"
  python3 - "$downloads" "$work/unpacked" "$members" <<'PY'
import pathlib, re, shutil, sys, zipfile

downloads, target = map(pathlib.Path, sys.argv[1:3])
for line in sys.argv[3].splitlines():
    pattern, members, *below = line.split(" ")
    (wheel,) = downloads.glob(pattern)
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            match = re.fullmatch(members, member.filename)
            if match and not member.is_dir():
                path = target.joinpath(*below, match[1])
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, path.open("wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
                if member.external_attr >> 16 & 0o100:
                    path.chmod(0o755)
PY
  printf '%s\n' "$requirements" >"$work/unpacked/wheels.txt"
  rm -rf "$folder"
  mv -T "$work/unpacked" "$folder"  # from here on it counts as done
  rm -rf "$work"
}
