# Tests of driver/hogql.
