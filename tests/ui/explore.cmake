# Tests of ui/explore.
