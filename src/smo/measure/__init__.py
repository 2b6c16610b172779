"""Statistics about labels: arrays and frames in, frozen dataclasses out; knows no Django and no database."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from smo.measure.aggregation.consensus import Consensus, aggregate
    from smo.measure.agreement.alpha import krippendorff_alpha
    from smo.measure.estimate import Estimate
    from smo.measure.ratings import Ratings

# Read when asked for, so that a KPI file does not wait for the compiler of the kernels.
_ROOMS: Final = {
    "Consensus": "aggregation.consensus",
    "Estimate": "estimate",
    "Ratings": "ratings",
    "aggregate": "aggregation.consensus",
    "krippendorff_alpha": "agreement.alpha",
}
__all__ = ["Consensus", "Estimate", "Ratings", "aggregate", "krippendorff_alpha"]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
