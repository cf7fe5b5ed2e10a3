# Tests of agent/session, agent/tools and agent/permissions.
ph_add_test(agent/session/turn_test.cpp LIBRARIES session)
ph_add_test(agent/session/agent_test.cpp LIBRARIES session TIMEOUT 120)
ph_add_test(agent/tools/tools_test.cpp LIBRARIES tools)
ph_add_test(agent/permissions/policy_test.cpp LIBRARIES permissions)
