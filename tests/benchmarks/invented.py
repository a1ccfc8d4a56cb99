"""Invented files in the format of the real ones, which are not ours to copy."""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import sciops

ITEMS = (
    "Inflight wifi service",
    "Departure/Arrival time convenient",
    "Ease of Online booking",
    "Gate location",
    "Food and drink",
    "Online boarding",
    "Seat comfort",
    "Inflight entertainment",
    "On-board service",
    "Leg room service",
    "Baggage handling",
    "Checkin service",
    "Inflight service",
    "Cleanliness",
)


def write_passengers(path: Path, rows: int) -> None:
    """Write passengers who rate fourteen items from 0 (does not apply) to 5."""
    rng = np.random.default_rng(11)
    mood = rng.normal(3.3, 0.8, size=(rows, 1))
    answers = np.clip(np.round(mood + rng.normal(0, 1, size=(rows, len(ITEMS)))), 1, 5).astype(int)
    answers[rng.random(answers.shape) < 0.02] = 0
    frame = pd.DataFrame(answers, columns=list(ITEMS))
    frame.insert(0, "id", np.arange(rows))
    frame["Departure Delay in Minutes"] = rng.exponential(15, rows).astype(int)
    frame["Arrival Delay in Minutes"] = frame["Departure Delay in Minutes"] + rng.integers(-5, 10, rows)
    frame["satisfaction"] = np.where(mood[:, 0] > 3.3, "satisfied", "neutral or dissatisfied")
    frame.to_csv(path)


def write_yelp(path: Path, rows: int) -> None:
    """Write reviews as user, business, rating, label and date, separated by spaces."""
    rng = np.random.default_rng(12)
    frame = pd.DataFrame(
        {
            "user": rng.integers(200, 200 + rows // 2, rows),
            "business": rng.integers(0, 20, rows),
            "rating": rng.integers(1, 6, rows).astype(float),
            "label": rng.choice([-1, 1], size=rows, p=[0.13, 0.87]),
            "date": pd.Timestamp("2012-01-01") + pd.to_timedelta(rng.integers(0, 300, rows), unit="D"),
        }
    )
    frame.to_csv(path, sep=" ", header=False, index=False, date_format="%Y-%m-%d")


def write_sciops(path: Path, rows: int) -> None:
    """Write respondents of the seven scales, a fifth of them careless, with the authors' indices worked out naively."""
    rng = np.random.default_rng(13)
    careless = rng.random(rows) < 0.2
    answers = {}
    for prefix, numbers in sciops.SCALES.values():
        trait = rng.normal(1.3, 0.7, rows)
        for number in numbers:
            given = np.where(careless, rng.normal(1.9, 0.7, rows), trait + rng.normal(0, 0.6, rows))
            answers[f"{prefix}_q{number:02}"] = given.round().clip(0, 3)
    frame = pd.DataFrame(answers)
    scales = [[f"{prefix}_q{number:02}" for number in numbers] for prefix, numbers in sciops.SCALES.values()]
    frame["isd"] = sum(frame[scale].std(axis=1) for scale in scales)
    off = frame[list(answers)] - frame[list(answers)].mean()
    frame["mahalanobis"] = np.sqrt(((off @ np.linalg.inv(off.cov())) * off.to_numpy()).sum(axis=1))
    frame["reliability"] = 0.5
    frame.assign(label_careless=careless.astype(int)).to_csv(path, index=False)
