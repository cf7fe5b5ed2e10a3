# Tests of ui/shell.
ph_add_test(ui/shell/theme_test.cpp LIBRARIES ui_shell)
