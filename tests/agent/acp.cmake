# Tests of agent/acp.
ph_add_test(agent/acp/connection_test.cpp LIBRARIES acp)
ph_add_test(agent/acp/transport_test.cpp LIBRARIES acp)
ph_add_test(agent/acp/client_calls_test.cpp LIBRARIES acp)
