"""What the operating system can do. It is asked for this, as names of systems say too little."""

from __future__ import annotations

import os
import signal
from typing import Any

fcntl: Any
resource: Any
try:
    import fcntl
    import resource
except ImportError:  # Windows
    fcntl = resource = None

HAS_FORK = hasattr(os, "fork")
HAS_PROCESS_GROUPS = hasattr(os, "killpg")
"""Whether a process can be killed together with what it has started, and be asked to stop."""
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""The signal that no process can ignore; ``os.kill`` on Windows ends a process with any signal."""
