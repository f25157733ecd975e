"""Job objects of Windows, by which a process and all that it has started end with the build.

See https://learn.microsoft.com/windows/win32/procthread/job-objects.
"""

from __future__ import annotations

import subprocess
import sys
from weakref import WeakKeyDictionary

_jobs: WeakKeyDictionary[subprocess.Popen[bytes], int] = WeakKeyDictionary()
"""Handles of job objects. The system closes them when this process ends."""


def end_with_this_process(process: subprocess.Popen[bytes]) -> None:
    """Let *process*, and all that it starts, be killed when this process ends in any way.

    Does nothing on other systems than Windows.
    """
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        job = kernel.CreateJobObjectW(None, None)
        limits = _ExtendedLimits()
        limits.basic.flags = _KILL_ON_JOB_CLOSE
        handle = wintypes.HANDLE(job)
        size = ctypes.sizeof(limits)
        if kernel.SetInformationJobObject(
            handle, _EXTENDED_LIMITS, ctypes.byref(limits), size
        ) and kernel.AssignProcessToJobObject(handle, wintypes.HANDLE(int(process._handle))):
            _jobs[process] = job
        elif job:
            kernel.CloseHandle(handle)  # the process is not in it, and is ended alone


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill *process*, and all that it has started, also if it has ended by itself."""
    if sys.platform == "win32":
        job = _jobs.pop(process, None)
        if job:
            ctypes.WinDLL("kernel32").CloseHandle(wintypes.HANDLE(job))


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _KILL_ON_JOB_CLOSE = 0x2000
    _EXTENDED_LIMITS = 9

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("process_time", ctypes.c_int64),
            ("job_time", ctypes.c_int64),
            ("flags", wintypes.DWORD),
            ("minimum_working_set", ctypes.c_size_t),
            ("maximum_working_set", ctypes.c_size_t),
            ("active_processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("priority", wintypes.DWORD),
            ("scheduling", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("basic", _BasicLimits),
            ("io", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peak_process_memory", ctypes.c_size_t),
            ("peak_job_memory", ctypes.c_size_t),
        )
