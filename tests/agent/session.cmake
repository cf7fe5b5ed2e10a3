# Tests of agent/session, agent/tools and agent/permissions.
ph_add_test(agent/session/turn_test.cpp LIBRARIES session)
