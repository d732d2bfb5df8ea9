"""Checks of profiles: their ids, the lengths of their samples, and the dictionary behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Profile,
    ProfilesDictionary,
    Sample,
)

from telemetry_sender.receiver.dictionary import broken_indices, missing_zero_values
from telemetry_sender.receiver.recent_ids import RecentIds

PROFILE_ID_BYTES = 16


@dataclass(slots=True)
class ProfileChecks:
    """Counts of what is wrong with profiles, over all requests.

    An id may be left out; else it must be 16 bytes, not zero, and that of no other profile. A
    sample needs values or timestamps, of equal number where it has both.
    """

    invalid_profile_ids: int = 0
    repeated_profile_ids: int = 0
    malformed_samples: int = 0
    missing_zero_values: int = 0
    """Dictionary tables that do not begin with the zero value, counted in every request."""
    broken_indices: int = 0
    """Indices that lie outside their table."""
    _recent: RecentIds = field(default_factory=RecentIds, repr=False, compare=False)

    def check(
        self,
        profiles: Sequence[Profile],
        samples: Sequence[Sample],
        dictionary: ProfilesDictionary,
    ) -> None:
        """Check the profiles of one request, which have these samples."""
        if profiles:
            self._check_ids([each.profile_id for each in profiles if each.profile_id])
            self.malformed_samples += _malformed_samples(samples)
            self.missing_zero_values += missing_zero_values(dictionary)
            self.broken_indices += broken_indices(dictionary, profiles, samples)

    def _check_ids(self, ids: Sequence[bytes]) -> None:
        valid = [each for each in ids if len(each) == PROFILE_ID_BYTES and any(each)]
        self.invalid_profile_ids += len(ids) - len(valid)
        self.repeated_profile_ids += self._recent.add(valid)


def _malformed_samples(samples: Sequence[Sample]) -> int:
    values = np.array([len(each.values) for each in samples], np.int64)
    times = np.array([len(each.timestamps_unix_nano) for each in samples], np.int64)
    valid = (values == times) | (values == 0) | (times == 0)
    valid &= (values > 0) | (times > 0)
    return len(samples) - int(np.count_nonzero(valid))
