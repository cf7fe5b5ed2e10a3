# Tests of agent/journal.
