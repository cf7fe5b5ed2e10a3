# Tests of agent/acp.
ph_add_test(agent/acp/connection_test.cpp LIBRARIES acp)
ph_add_test(agent/acp/transport_test.cpp LIBRARIES acp)
ph_add_test(agent/acp/client_calls_test.cpp LIBRARIES acp)
ph_add_test(agent/acp/schema_check_test.cpp LIBRARIES acp)
target_compile_definitions(agent.acp.schema_check_test PRIVATE HOGLET_ACP_SCHEMA="${PROJECT_SOURCE_DIR}/resources/acp/v1/schema.json")
ph_add_test(agent/acp/json_view_test.cpp LIBRARIES acp)
ph_add_test(agent/acp/wire_test.cpp LIBRARIES acp)
