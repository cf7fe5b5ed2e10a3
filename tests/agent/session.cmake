# Tests of agent/session.
foreach(test acp_agent session system_prompt turn)
    ph_add_test(agent/session/${test}_test.cpp LIBRARIES session TIMEOUT 120)
endforeach()
target_compile_definitions(agent.session.system_prompt_test PRIVATE HOGLET_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
ph_add_test(agent/session/whole_turn_test.cpp LIBRARIES session model_server TIMEOUT 600)

# An agent for conformance kits: tests/interop/run drives it.
add_executable(kit_agent ${PROJECT_SOURCE_DIR}/tests/support/kit_agent.cpp)
set_target_properties(kit_agent PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
target_link_libraries(kit_agent PRIVATE session http)
