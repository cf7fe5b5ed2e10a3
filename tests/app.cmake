# Tests of app.
ph_add_test(app/project_program_test.cpp LIBRARIES local_project_process Qt6::Network TIMEOUT 600)
target_compile_definitions(app.project_program_test PRIVATE HOGLET_PROJECT="$<TARGET_FILE:hoglet-project>")
add_dependencies(app.project_program_test hoglet-project)
ph_add_test(app/workflow_headless_test.cpp LIBRARIES headless_workflow tools localproject TIMEOUT 600)
target_compile_definitions(app.workflow_headless_test PRIVATE
    GOLDEN_FOLDER="${PROJECT_SOURCE_DIR}/tests/driver/localproject/golden" HOGLET_WORKFLOWS="${PROJECT_SOURCE_DIR}/resources/workflows")
ph_add_test(app/arguments_test.cpp LIBRARIES agent_commands)
ph_add_test(app/agent_program_test.cpp LIBRARIES journal)
target_compile_definitions(app.agent_program_test PRIVATE HOGLET_AGENT="$<TARGET_FILE:hoglet-agent>")
add_dependencies(app.agent_program_test hoglet-agent)
ph_add_test(app/hoglet_program_test.cpp LIBRARIES Qt6::Core TIMEOUT 120)
target_compile_definitions(app.hoglet_program_test PRIVATE HOGLET="$<TARGET_FILE:hoglet>")
add_dependencies(app.hoglet_program_test hoglet)
