# Tests of agent/external.
foreach(test agent_list agent_process codex connection_check presets)
    ph_add_test(agent/external/${test}_test.cpp LIBRARIES external)
    target_compile_definitions(agent.external.${test}_test PRIVATE HOGLET_FAKE_AGENT="${PROJECT_SOURCE_DIR}/tests/support/fake_agent.py")
endforeach()
