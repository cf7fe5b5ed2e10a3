# Tests of driver/base.
