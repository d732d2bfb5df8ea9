"""What time the events of a set cover, for passes of a timeline to follow one another."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_common.manifest import manifest_beside
from telemetry_common.template import Template

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Recording:
    """The template times of a set: `epoch` stands for its start; nanoseconds.

    No time lies `horizon` or more behind the epoch, so a pass begins so much after the one before.
    """

    epoch: int
    horizon: int

    @classmethod
    def of(cls, templates: Iterable[Template]) -> "Recording":
        """Return what the manifest beside the templates says.

        For files from elsewhere, it goes from their earliest to their latest time, in whole
        seconds. Raises TemplateError when a manifest is broken.
        """
        known = tuple(templates)
        manifests = [manifest_beside(template.path) for template in known]
        horizons = [manifest.horizon_nanos for manifest in manifests if manifest is not None]
        if len(horizons) == len(known):
            return cls(epoch=1, horizon=max(horizons))
        earliest, latest = _bounds(known)
        seconds = (latest - earliest) // _SECOND + 1
        return cls(epoch=earliest, horizon=seconds * _SECOND)


def _bounds(templates: Iterable[Template]) -> tuple[int, int]:
    times = [times for template in templates for times in template_times(template) if len(times)]
    if not times:
        return 1, 1
    return min(int(each.min()) for each in times), max(int(each.max()) for each in times)


def template_times(template: Template) -> tuple[U64, U64]:
    """Return the values of `Plan.time` and of `Plan.point_time` in a template."""
    plan = template.plan
    if not len(plan.point_time):
        return plan.time_value, np.empty(0, np.uint64)
    return plan.time_value, template.words().integer[plan.point_time]
