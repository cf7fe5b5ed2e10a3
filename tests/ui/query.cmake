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

ph_add_pictures(query LIBRARIES ui_query)
