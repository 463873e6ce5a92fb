"""What `kg generate` does."""

from __future__ import annotations

import argparse
from pathlib import Path

_MOST = 100_000_000


def options(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("--passages", type=_number, required=True, metavar="N", help="how many passages")
    parser.add_argument(
        "--seed", type=_number, default=1, metavar="S", help="what all follows from (default: 1)"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or empty folder")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MOST):
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 to {_MOST}")
    return int(text)


def generate(arguments: argparse.Namespace) -> int:
    """Write a synthetic corpus."""
    from kg import synthetic_corpora

    made = synthetic_corpora.generate(arguments.out, passages=arguments.passages, seed=arguments.seed)
    print(f"{arguments.out}: {made}")
    return 0
