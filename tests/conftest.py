"""Settings of all tests: hypothesis profiles, and no random order of examples in the fast tier."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("fast", derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("slow", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
