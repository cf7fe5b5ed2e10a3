# Tests of app.
ph_add_test(app/project_program_test.cpp LIBRARIES local_project_process Qt6::Network TIMEOUT 600)
target_compile_definitions(app.project_program_test PRIVATE HOGLET_PROJECT="$<TARGET_FILE:hoglet-project>")
add_dependencies(app.project_program_test hoglet-project)
