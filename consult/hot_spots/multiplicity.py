"""Asking many questions at once: how sure each answer must be so that chance alone does not give any, or few.

Of a thousand places looked at, fifty are "surer than 5 %" by chance alone. Benjamini and Hochberg (1995) hold the share
of false ones among those that are called something; Holm (1979) holds the chance of even a single one. A map of hot
spots leads to a look at places, where one false one among twenty is bearable and a missed one is not: it goes by the
first. A mark in a table of months is read by itself: it goes by the second.
"""

import numpy as np

from consult.geo import Floats

LEVEL = 0.05


def benjamini_hochberg(p: Floats) -> Floats:
    """Give each chance the share of false ones that must be borne to call it something."""
    order = np.argsort(p)[::-1]
    ranks = np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.minimum.accumulate(p[order] * len(p) / ranks), 1.0)
    return adjusted


def holm(p: Floats) -> Floats:
    """Give each chance the chance of a single false one that must be borne to call it something."""
    order = np.argsort(p)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return adjusted


def threshold(p: Floats, level: float = LEVEL) -> float:
    """Give the chance up to which something is called something (Benjamini and Hochberg); nought when nothing is."""
    passed = p[benjamini_hochberg(p) <= level]
    return float(passed.max()) if len(passed) else 0.0
