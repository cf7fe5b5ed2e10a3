# Tests of ui/terminal.
ph_add_test(ui/terminal/client_terminals_test.cpp LIBRARIES ui_terminal)
ph_add_test(ui/terminal/plain_output_test.cpp LIBRARIES ui_terminal)
ph_add_test(ui/terminal/pty_process_test.cpp LIBRARIES ui_terminal)
ph_add_test(ui/terminal/terminal_screen_test.cpp LIBRARIES ui_terminal)
ph_add_test(ui/terminal/terminal_view_test.cpp LIBRARIES ui_terminal)
