# A PostHog on loopback for tests of everything above the driver.
add_library(fake_posthog STATIC support/fake_posthog.cpp support/fake_posthog.h)
target_link_libraries(fake_posthog PUBLIC posthog http)

# Tests of driver/posthog.
ph_add_test(driver/posthog/driver_test.cpp LIBRARIES posthog fake_posthog)
ph_add_test(driver/posthog/entities_test.cpp LIBRARIES posthog fake_posthog)
ph_add_test(driver/posthog/errors_test.cpp LIBRARIES posthog fake_posthog)
ph_add_test(driver/posthog/export_test.cpp LIBRARIES posthog fake_posthog TIMEOUT 120)
ph_add_test(driver/posthog/flag_simulator_test.cpp LIBRARIES posthog)
ph_add_test(driver/posthog/host_test.cpp LIBRARIES posthog)
ph_add_test(driver/posthog/insights_test.cpp LIBRARIES posthog)
ph_add_test(driver/posthog/limits_test.cpp LIBRARIES posthog localproject TIMEOUT 300)
ph_add_test(driver/posthog/query_page_test.cpp LIBRARIES posthog)
ph_add_test(driver/posthog/rate_budget_test.cpp LIBRARIES posthog)
ph_add_test(driver/posthog/retry_test.cpp LIBRARIES posthog)
ph_add_test(driver/posthog/rows_test.cpp LIBRARIES posthog fake_posthog)
ph_add_test(driver/posthog/table_test.cpp LIBRARIES posthog)
ph_add_test(driver/posthog/table_writer_test.cpp LIBRARIES posthog)
