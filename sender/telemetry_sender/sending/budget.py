"""Bounds retries in proportion to requests, so that they cannot multiply what a sick endpoint gets.

A token bucket as in Finagle's RetryBudget (https://twitter.github.io/finagle/guide/Clients.html,
20 % by default there too) and in gRPC's retry throttling
(https://github.com/grpc/proposal/blob/master/A6-client-retries.md): every request earns a share of
a retry, every retry spends a whole one.
"""


class RetryBudget:
    """Retries still allowed: `reserve` at the start and at most, and `share` more a request.

    A share of zero sets no limit.
    """

    def __init__(self, share: float, reserve: int) -> None:
        self._share = share
        self._most = max(reserve, share)
        self._left = float(reserve)

    def earn(self) -> None:
        """Count a new request."""
        if self._left < self._most:
            self._left = min(self._left + self._share, self._most)

    def spend(self) -> bool:
        """Take a retry; False when there is none left."""
        if not self._share:
            return True
        # Shares are binary fractions: five fifths must make a whole.
        if self._left < 1 - 1e-9:
            return False
        self._left -= 1
        return True
