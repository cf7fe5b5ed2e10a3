# Tests of driver/localproject.
