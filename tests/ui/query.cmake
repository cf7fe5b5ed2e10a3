# Tests of ui/query.
ph_add_test(ui/query/cell_text_test.cpp LIBRARIES ui_query)
ph_add_test(ui/query/copy_formats_test.cpp LIBRARIES ui_query)
ph_add_test(ui/query/result_model_test.cpp LIBRARIES ui_query)
ph_add_test(ui/query/query_text_test.cpp LIBRARIES ui_query)
ph_add_test(ui/query/schema_test.cpp LIBRARIES ui_query)
ph_add_test(ui/query/schema_project_test.cpp LIBRARIES ui_query localproject http)
ph_add_test(ui/query/query_page_test.cpp LIBRARIES ui_query TIMEOUT 120)
ph_add_test(ui/query/hogql_editor_test.cpp LIBRARIES ui_query)
ph_add_test(ui/query/result_grid_test.cpp LIBRARIES ui_query)

# Pages painted to PNG files, to be looked at: programs, not tests.
function(ph_add_pictures name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
    add_executable(pictures.${name} EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/ui/pictures/${name}_pictures.cpp)
    set_target_properties(pictures.${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_link_libraries(pictures.${name} PRIVATE ${arg_LIBRARIES} Qt6::Test)
endfunction()
ph_add_pictures(query LIBRARIES ui_query)
