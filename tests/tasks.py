"""What the tests let processes do: a process that begins anew imports it by this name."""

import os
import signal


def doubled(task):
    """The double; a negative task kills the process."""
    if task < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * task


def by_whom(task):
    """Which process works."""
    return os.getpid(), task


def left(task):
    """The task, but for the one at which the process leaves."""
    return os._exit(3) if task == 1 else task


def hung(task):
    """The task, but for the one that never ends."""
    return signal.pause() if task == 1 else task
