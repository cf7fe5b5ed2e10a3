# Programs that damage texts at random and look for crashes, hangs and broken promises. `program --seconds 1800` is a long campaign.
function(ph_add_fuzz name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "SECONDS" "LIBRARIES")
    add_executable(fuzz.${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cpp ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_driver.cpp)
    set_target_properties(fuzz.${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_link_libraries(fuzz.${name} PRIVATE ${arg_LIBRARIES})
    add_test(NAME fuzz/${name}_fuzz COMMAND fuzz.${name} --seconds ${arg_SECONDS})
    set_tests_properties(fuzz/${name}_fuzz PROPERTIES TIMEOUT 300)
endfunction()

ph_add_fuzz(hogql SECONDS 60 LIBRARIES hogql)
ph_add_fuzz(page SECONDS 60 LIBRARIES posthog)
ph_add_fuzz(sse SECONDS 60 LIBRARIES http)
ph_add_fuzz(command SECONDS 30 LIBRARIES permissions)
