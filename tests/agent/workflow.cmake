# Tests of agent/workflow.
