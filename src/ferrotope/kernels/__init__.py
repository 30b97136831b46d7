"""The one decorator of compiled kernels."""

from ferrotope.kernels.compile import kernel

__all__ = ["kernel"]
