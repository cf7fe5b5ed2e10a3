# Tests of ui/workflows.
