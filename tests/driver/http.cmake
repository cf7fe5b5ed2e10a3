# Tests of driver/http.
ph_add_test(driver/http/client_test.cpp LIBRARIES http Qt6::Network)
ph_add_test(driver/http/public_address_test.cpp LIBRARIES http)
ph_add_test(driver/http/server_limits_test.cpp LIBRARIES http)
ph_add_test(driver/http/server_test.cpp LIBRARIES http)
ph_add_test(driver/http/sse_parser_test.cpp LIBRARIES http)
ph_add_test(driver/http/url_test.cpp LIBRARIES http)
