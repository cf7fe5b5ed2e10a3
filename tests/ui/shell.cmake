# Tests of ui/shell.
ph_add_test(ui/shell/budget_meter_test.cpp LIBRARIES ui_shell)
ph_add_test(ui/shell/theme_test.cpp LIBRARIES ui_shell)
ph_add_test(ui/shell/settings_test.cpp LIBRARIES ui_shell)
ph_add_test(ui/shell/background_tasks_test.cpp LIBRARIES ui_shell)
ph_add_test(ui/shell/main_window_test.cpp LIBRARIES ui_conversation TIMEOUT 120)
ph_add_test(ui/shell/models_card_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/screens_test.cpp LIBRARIES ui_conversation)
