# Tests of driver/posthog.
