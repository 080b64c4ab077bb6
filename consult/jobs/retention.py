"""How long data are kept: a rule for each kind of data, with the law that it is kept under, and what erases it.

Each part lists its own rules as it lists its jobs; one job of the night and one command run them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Regime(StrEnum):
    """Which law protects personal data of a kind: the controller decides, and this is what the product assumes.

    RODO is regulation (EU) 2016/679; DODO the Polish act of 14 December 2018 on personal data that are processed to
    prevent and fight crime (Dz.U. 2019 poz. 125), which implements directive (EU) 2016/680.
    """

    RODO = "rodo"
    DODO = "dodo"


@dataclass(frozen=True)
class Rule:
    """What is erased so many days after its time is over.

    `erase` takes the moment and the days, erases one part within the transaction that stands and gives how much; it is
    called until nothing is left.
    """

    code: str
    regime: Regime
    days: Callable[[], int]
    erase: Callable[[datetime, int], int]
