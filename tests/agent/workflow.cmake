# Tests of agent/workflow, and of the guided model that runs them.
ph_add_test(agent/workflow/statistics_test.cpp LIBRARIES workflow)
ph_add_test(agent/workflow/experiments_test.cpp LIBRARIES workflow)
ph_add_test(agent/workflow/expression_test.cpp LIBRARIES workflow)
ph_add_test(agent/workflow/definition_test.cpp LIBRARIES workflow)
target_compile_definitions(agent.workflow.definition_test PRIVATE HOGLET_WORKFLOWS="${PROJECT_SOURCE_DIR}/resources/workflows")
ph_add_test(agent/model/guided_test.cpp LIBRARIES model)
target_compile_definitions(agent.model.guided_test PRIVATE HOGLET_TESTS="${PROJECT_SOURCE_DIR}/tests")
