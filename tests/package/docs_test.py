#!/usr/bin/env python3
"""docs_test.py PROGRAM SOURCE: every option that the program knows is in the manual and in the three completions."""
import pathlib
import re
import subprocess
import sys

program, source = sys.argv[1], pathlib.Path(sys.argv[2])
options = set()
for command in ("upscale", "compare"):
    text = subprocess.run([program, command, "--help"], check=True, capture_output=True, text=True).stdout
    options |= set(re.findall(r"^ +(?:-\w,)?--([a-z-]+)", text, re.M))
assert len(options) > 15, options  # else the help's form has changed and nothing would be checked

resources = source / "resources"
missing = []
for name, form in (("man/nalasr.1", r"\-\-{}"), ("completions/nalasr.bash", "--{}"), ("completions/_nalasr", "--{}"),
                   ("completions/nalasr.fish", "-l {}")):
    content = (resources / name).read_text()
    for option in sorted(options):
        wanted = form.format(option.replace("-", r"\-") if name.startswith("man") else option)
        if not re.search(re.escape(wanted) + r"(?![a-z-])", content):
            missing.append(f"{name} lacks --{option}")
print("\n".join(missing) or f"{len(options)} options in manual and completions")
sys.exit(bool(missing))
