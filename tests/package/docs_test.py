#!/usr/bin/env python3
"""docs_test.py PROGRAM SOURCE: every option of a command is in the manual and in its part of the three completions."""
import pathlib
import re
import subprocess
import sys

program, source = sys.argv[1], pathlib.Path(sys.argv[2]) / "resources"
manual, bash, zsh, fish = ((source / name).read_text() for name in (
    "man/nalasr.1", "completions/nalasr.bash", "completions/_nalasr", "completions/nalasr.fish"))


def part(content, pattern):
    return "\n".join(re.findall(pattern, content, re.M | re.S))


count, missing = 0, []
for command in ("upscale", "info", "models", "evaluate", "compare"):
    text = subprocess.run([program, command, "--help"], check=True, capture_output=True, text=True).stdout
    options = set(re.findall(r"^ +(?:-\w,)?--([a-z-]+)", text, re.M)) - {"help"}
    count += len(options)
    for name, content, form in (
            ("nalasr.1", manual.replace(r"\-", "-"), "--{}"),
            ("nalasr.bash", part(bash, rf"^ +{command}\) options\+='([^']*)'"), "--{}"),
            ("_nalasr", part(zsh, rf"^  {command}\)$(.*?);;$"), "--{}"),
            ("nalasr.fish", part(fish, rf"^complete -c nalasr -n \${command} ([^\n]*)"), "-l {}")):
        for option in sorted(options):
            if not re.search(re.escape(form.format(option)) + r"(?![a-z-])", content):
                missing.append(f"{name} lacks --{option} of {command}")
assert count > 35, count  # else the help's form has changed and nothing would be checked
print("\n".join(missing) or f"{count} options in manual and completions")
sys.exit(bool(missing))
