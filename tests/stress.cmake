# Programs that load what threads share, without a test framework: ThreadSanitizer watches them in the preset tsan.
function(ph_add_stress name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
    add_executable(stress.${name} ${PROJECT_SOURCE_DIR}/tests/stress/${name}_stress.cpp)
    set_target_properties(stress.${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_link_libraries(stress.${name} PRIVATE ${arg_LIBRARIES})
    add_test(NAME stress/${name}_stress COMMAND stress.${name})
    set_tests_properties(stress/${name}_stress PROPERTIES TIMEOUT 300)
    set(HOGLET_STRESS_PROGRAMS ${HOGLET_STRESS_PROGRAMS} stress.${name} PARENT_SCOPE)
endfunction()

ph_add_stress(connection LIBRARIES acp)
ph_add_stress(journal LIBRARIES journal)
ph_add_stress(transport LIBRARIES acp)
