"""Does an optimizer keep the promises of this room? One check per promise, in words when it does not.

::

    from simulator.optimizers.conformance import CHECKS, check

    check(MyMethod).require()            # AssertionError with the whole report, for a test
    print(check(MyMethod, "determinism"))

    @pytest.mark.parametrize("promise", CHECKS)
    def test_my_method_keeps(promise):
        check(MyMethod, promise).require()

On the command line: ``simulator optimizers --check NAME``.
"""

from simulator.optimizers.conformance.report import Finding, Report
from simulator.optimizers.conformance.suite import CHECKS, check

__all__ = ["CHECKS", "Finding", "Report", "check"]
