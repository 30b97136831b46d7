"""Settings of all tests: the fast tier draws the same few examples each time, the slow tier thousands of new ones."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("fast", derandomize=True, max_examples=60)
settings.register_profile("slow", max_examples=2000, print_blob=True)
for name in ("fast", "slow"):
    profile = settings.get_profile(name)
    settings.register_profile(name, profile, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
