"""Settings of all tests: the fast tier draws the same few examples each time, the slow tier thousands of new ones."""

import hashlib
import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

# Compiled kernels are kept between runs of the tests, and never beyond a change of the source that they came from.
SOURCE = Path(__file__).resolve().parents[1] / "src" / "ferrotope"
KERNELS = [
    SOURCE / "kernels" / "compile.py",
    *(f for f in sorted(SOURCE.rglob("*.py")) if b"\n@kernel" in f.read_bytes()),
]
DIGEST = hashlib.sha256(b"".join(file.read_bytes() for file in KERNELS)).hexdigest()[:16]
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / f"ferrotope-kernels-{DIGEST}"))

settings.register_profile("fast", derandomize=True, max_examples=60)
settings.register_profile("slow", max_examples=2000, print_blob=True)
for name in ("fast", "slow"):
    profile = settings.get_profile(name)
    settings.register_profile(name, profile, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
