# Tests of agent/session.
foreach(test acp_agent session system_prompt turn)
    ph_add_test(agent/session/${test}_test.cpp LIBRARIES session TIMEOUT 120)
endforeach()
target_compile_definitions(agent.session.system_prompt_test PRIVATE HOGLET_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
ph_add_test(agent/session/whole_turn_test.cpp LIBRARIES session model_server TIMEOUT 600)
ph_add_test(agent/session/sdk_test.cpp LIBRARIES session fake_posthog model_server TIMEOUT 300)
target_compile_definitions(agent.session.sdk_test PRIVATE HOGLET_FAKE_AGENT="${PROJECT_SOURCE_DIR}/tests/support/fake_agent.py")
ph_add_test(agent/session/example_test.cpp LIBRARIES journal fake_posthog model_server TIMEOUT 300)
target_compile_definitions(agent.session.example_test PRIVATE
    HOGLET_FAKE_AGENT="${PROJECT_SOURCE_DIR}/tests/support/fake_agent.py" HOGLET_EXAMPLE="$<TARGET_FILE:agent_example>")
add_dependencies(agent.session.example_test agent_example)

# An agent for conformance kits: tests/interop/run drives it.
add_executable(kit_agent ${PROJECT_SOURCE_DIR}/tests/support/kit_agent.cpp)
set_target_properties(kit_agent PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
target_link_libraries(kit_agent PRIVATE session http)
