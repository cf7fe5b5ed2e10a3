# Tests of agent/tools.
foreach(test bash conversion file_tools files posthog_entities search session_tools tools web_fetch)
    ph_add_test(agent/tools/${test}_test.cpp LIBRARIES tools http)
endforeach()
