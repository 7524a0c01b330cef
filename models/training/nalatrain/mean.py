"""The weighted mean of two networks' weights:  python -m nalatrain.mean A B SHARE OUT

SHARE (0 to 1) is what B has of each weight. One of the two must have been trained on from the other, or both from a third:
only then does a mean compute something like either.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import weights


def mean(first: Path, second: Path, share: float, out: Path) -> None:
    a, b = weights.load(first), weights.load(second)
    if a.spec != b.spec:
        raise ValueError(f"{second} is of another network than {first}")
    theirs = b.state_dict()
    weights.save({name: value.lerp(theirs[name], share) for name, value in a.state_dict().items()}, a.spec, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("share", type=float)
    parser.add_argument("out", type=Path)
    a = parser.parse_args()
    mean(a.first, a.second, a.share, a.out)


if __name__ == "__main__":
    main()
