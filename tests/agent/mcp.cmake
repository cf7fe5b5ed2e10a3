# Tests of agent/mcp.
ph_add_test(agent/mcp/server_config_test.cpp LIBRARIES mcp)
ph_add_test(agent/mcp/client_test.cpp LIBRARIES mcp TIMEOUT 120)
ph_add_test(agent/mcp/servers_test.cpp LIBRARIES mcp TIMEOUT 120)
foreach(test client servers)
    target_compile_definitions(agent.mcp.${test}_test PRIVATE HOGLET_FAKE_MCP_SERVER="${PROJECT_SOURCE_DIR}/tests/support/fake_mcp_server.py")
endforeach()
