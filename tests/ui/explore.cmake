# Tests of ui/explore.
ph_add_pictures(explore LIBRARIES ui_explore)
ph_add_test(ui/explore/relations_test.cpp LIBRARIES ui_explore)
ph_add_test(ui/explore/explore_page_test.cpp LIBRARIES ui_explore TIMEOUT 120)
ph_add_test(ui/explore/exports_test.cpp LIBRARIES ui_explore)
