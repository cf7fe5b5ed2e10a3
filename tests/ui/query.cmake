# Tests of ui/query.
