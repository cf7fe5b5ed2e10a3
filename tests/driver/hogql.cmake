# Tests of driver/hogql.
ph_add_test(driver/hogql/lexer_test.cpp LIBRARIES hogql)
ph_add_test(driver/hogql/parser_test.cpp LIBRARIES hogql)
ph_add_test(driver/hogql/corpus_test.cpp LIBRARIES hogql)
ph_add_test(driver/hogql/diagnostics_test.cpp LIBRARIES hogql)
ph_add_test(driver/hogql/completion_test.cpp LIBRARIES hogql)
foreach(test lexer parser corpus)
    target_compile_definitions(driver.hogql.${test}_test PRIVATE HOGQL_CASES="${PROJECT_SOURCE_DIR}/tests/driver/hogql")
endforeach()
