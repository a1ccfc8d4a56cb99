"""Every benchmark, one after another, at the size of the documentation.

    python -m benchmarks --data DIR                           # about an hour and a quarter on two idle cores
    python -m benchmarks --data DIR --only ablation power     # some of them

``DIR`` holds the real data. Each command writes its own tables into docs/benchmarks.md, as it does by itself.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

SEEDS = ("--seeds", "10", "--dealers", "300")

FULL: dict[str, tuple[str, ...]] = {
    "accuracy": SEEDS,
    "reliability": SEEDS,
    "power": SEEDS,
    "ablation": SEEDS,
    "other_hands": ("--seeds", "5", "--dealers", "200"),
    "random_worlds": ("--worlds", "30", "--interviews", "40000"),
    "peers": ("--seeds", "3", "--dealers", "300", "--yelpchi", "{data}/yelpchi_metadata.txt.gz"),
    "airline": ("--data", "{data}/airline_satisfaction.csv.gz", "--seeds", "5"),
    "yelpchi": ("--data", "{data}/yelpchi_metadata.txt.gz"),
    "sciops": ("--data", "{data}/sciops_original.csv", "--matrix", "{data}/careless_longstring_test.csv"),
    "console": (),
    "honest_nights": ("--seeds", "20", "--dealers", "300", "--nights", "30"),
    "speed": (),
}
"""Arguments by benchmark; the slow ones come last."""


def main() -> None:
    """Run the benchmarks and say how long each took; one that fails ends the run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the real data")
    parser.add_argument("--only", nargs="+", choices=list(FULL), default=list(FULL), metavar="NAME")
    arguments = parser.parse_args()
    for name in arguments.only:
        filled = [part.format(data=arguments.data) for part in FULL[name]]
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *filled], check=True)  # noqa: S603 - our own modules
        print(f"{name}: {time.perf_counter() - started:.0f} s\n", file=sys.stderr)


if __name__ == "__main__":
    main()
