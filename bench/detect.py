"""How well, and how fast, anomalies are told from what is usual.

    python -m bench.detect [--seeds 11] [--recordings FOLDER] [--parts]

Two suites with marks, scored after the published rules of `detect_scoring` (0 = silent, 100 = perfect): made streams
(`detect_streams`), and the recordings with changes put in (`detect_recordings`), whose own unmarked events count as
false alarms. Beside the detector: chance, a moving z-score, and with `--parts` the detector without each of its parts.
Constants were chosen on seeds 1 to 4 (recordings: 1 and 2); others are held out. Then, on the recordings as they are:
how the events that their sources tell of are scored, and how many false alarms a sensor makes in a week.
"""

import argparse
import json
import math
import random
import sys
import time
from collections import deque
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from bench.detect_recordings import KNOWN, marked, recordings, seconds
from bench.detect_scoring import Judged, judge
from bench.detect_streams import Stream, probation, suite
from street.anomalies import Detector

ALARM: Final = 0.9
WEEK_S: Final = 7 * 86_400
Scorer = Callable[[Stream], list[float]]


def main() -> None:
    """Print the table of every suite, then what the untouched recordings say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="11", help="held out: above 4; several with commas")
    parser.add_argument("--recordings", type=Path, default=Path("../shared/data/streams"))
    parser.add_argument("--parts", action="store_true", help="also without each part (takes ten times as long)")
    given = parser.parse_args()
    scorers: dict[str, Scorer] = {"chance": chance, "moving z-score": moving_z, "detector": detected}
    if given.parts:
        scorers |= {f"without {name}": without(name) for name in PARTS}
    for seed in map(int, given.seeds.split(",")):
        suites = {"made": suite(seed)}
        if given.recordings.is_dir():
            suites["recordings"] = marked(given.recordings, seed)
        for name, streams in suites.items():
            for told, scorer in scorers.items():
                report(name, seed, told, streams, scorer)
    if given.recordings.is_dir():
        untouched(recordings(given.recordings))


def report(suite_name: str, seed: int, told: str, streams: list[Stream], scorer: Scorer) -> None:
    """Print one detector's figures on one suite."""
    began = time.perf_counter()
    judged = outcome(streams, scorer)
    rows = sum(len(stream.values) for stream in streams)
    line = {"bench": "detect", "suite": suite_name, "seed": seed, "detector": told, "score": round(judged.score, 1)}
    line |= {"threshold": round(judged.threshold, 3), "found": judged.found, "missed": judged.missed}
    line |= {"false": judged.false, "rows_per_s": round(rows / (time.perf_counter() - began))}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def outcome(streams: list[Stream], scorer: Scorer) -> Judged:
    """Return how *scorer* does at its best threshold."""
    return judge([(scorer(stream), stream.windows, probation(len(stream.values))) for stream in streams])


def untouched(streams: list[Stream]) -> None:
    """Print how the known events are scored, and the rate of alarms outside them."""
    alarms, weeks = 0, 0.0
    for stream in streams:
        scores = detected(stream)
        first = probation(len(scores))
        begun = seconds_between(stream.times_s[first], stream.times_s[-1])
        weeks += begun / WEEK_S
        mine = [known for known in KNOWN if fnmatch(stream.name, known[0])]
        spans = [(seconds(begin), seconds(end)) for _, begin, end, _ in mine]
        for (begin, end), known in zip(spans, mine, strict=True):
            found = [score for at, score in zip(stream.times_s, scores, strict=True) if begin <= at <= end]
            sys.stdout.write(f"{stream.name}: {known[3]}: {max(found, default=0.0):.2f}\n")
        alarms += sum(
            score >= ALARM and not any(begin <= at <= end for begin, end in spans)
            for at, score in list(zip(stream.times_s, scores, strict=True))[first:]
        )
    sys.stdout.write(f"scores of {ALARM} and more outside them: {alarms / weeks:.3f} a sensor-week\n")


def seconds_between(begin: float, end: float) -> float:
    """Return the span [s], at least an hour."""
    return max(end - begin, 3600.0)


def chance(stream: Stream) -> list[float]:
    """Score by dice."""
    dice = random.Random(stream.name)
    return [dice.random() for _ in stream.values]


def moving_z(stream: Stream, window: int = 100) -> list[float]:
    """Score by the distance from the last values' mean in their standard deviations."""
    recent: deque[float] = deque(maxlen=window)
    scores = []
    for value in stream.values:
        score = 0.0
        if len(recent) > window // 5:
            mean = math.fsum(recent) / len(recent)
            deviation = math.sqrt(math.fsum((one - mean) ** 2 for one in recent) / len(recent))
            score = 1 - math.exp(-abs(value - mean) / max(deviation, 1e-9) / 3)
        scores.append(score)
        recent.append(value)
    return scores


def detected(stream: Stream, make: Callable[[], Detector] = Detector) -> list[float]:
    """Score by the product's detector."""
    detector = make()
    return [
        detector.step(int(at_s * 1e6), value).score for at_s, value in zip(stream.times_s, stream.values, strict=True)
    ]


# views of `street.anomalies` that make up a part
PARTS: Final = {
    "forecast": range(4),
    "stuck and calm": (4, 6),
    "range": (5, 7),
    "situations": (8, 9, 10),
    "rest": (),
}


def without(part: str) -> Scorer:
    """Return the detector without one of its parts."""

    class Reduced(Detector):
        def _joined(self, rarities: list[float]) -> float:
            return super()._joined([0.0 if n in PARTS[part] else one for n, one in enumerate(rarities)])

        def _rested(self, joined: float) -> float:
            return joined if part == "rest" else super()._rested(joined)

    return lambda stream: detected(stream, Reduced)


if __name__ == "__main__":
    main()
