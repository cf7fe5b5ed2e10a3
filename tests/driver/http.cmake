# Tests of driver/http.
