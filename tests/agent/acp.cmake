# Tests of agent/acp.
