# Tests of driver/hogql.
ph_add_test(driver/hogql_lexer_test.cpp LIBRARIES hogql)
ph_add_test(driver/hogql_parser_test.cpp LIBRARIES hogql)
ph_add_test(driver/hogql_corpus_test.cpp LIBRARIES hogql)
ph_add_test(driver/hogql_diagnostics_test.cpp LIBRARIES hogql)
ph_add_test(driver/hogql_completion_test.cpp LIBRARIES hogql)
