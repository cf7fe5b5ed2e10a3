# Tests of stress.
