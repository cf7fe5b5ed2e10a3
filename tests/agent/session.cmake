# Tests of agent/session.
