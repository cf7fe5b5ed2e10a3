# Tests of bench.
# Programs that print figures beside a comparator; none is a test. `bench` builds them all.
add_custom_target(bench)
function(ph_add_bench name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
    add_executable(bench.${name} EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/${name}.cpp)
    set_target_properties(bench.${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_link_libraries(bench.${name} PRIVATE ${arg_LIBRARIES})
    add_dependencies(bench bench.${name})
endfunction()

ph_add_bench(bare_window LIBRARIES Qt6::Widgets)
ph_add_bench(first_paint_bench LIBRARIES Qt6::Core)
ph_add_bench(demo_bench LIBRARIES localproject)
ph_add_bench(funnel_bench LIBRARIES Qt6::Core)
ph_add_bench(grid_bench LIBRARIES ui_query)
ph_add_bench(engine_bench LIBRARIES localproject)
ph_add_bench(export_bench LIBRARIES posthog)
ph_add_bench(hogql_bench LIBRARIES hogql)
