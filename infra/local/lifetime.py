"""Programs that end with the one that started them, however that one ends.

Linux sends the signal of PR_SET_PDEATHSIG when the *thread* that started a program ends: start such programs from the
main thread. Elsewhere nothing is promised beyond an orderly end, which stops its programs itself.
"""

import ctypes
import os
import signal
import sys

from infra.local import environment

_PR_SET_PDEATHSIG = 1
# For a program of another interpreter, which has none of our modules: the same, then the module's own main.
FOLLOWING_MAIN = """
import ctypes, os, runpy, signal, sys
parent, module = int(sys.argv[1]), sys.argv[2]
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent has ended already")
sys.argv = [module]
runpy.run_module(module, run_name="__main__")
"""


def follow_parent_if_asked() -> None:
    """Ends this process in good order (SIGTERM) when its parent ends, if the parent asked for that.

    GROUNDSWELL_FOLLOW_PARENT is the parent's process id, or 1 for whoever it is.
    """
    asked = environment.number("GROUNDSWELL_FOLLOW_PARENT", 0)
    if not asked or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if asked != 1 and os.getppid() != asked:
        raise SystemExit("the parent has ended already")
