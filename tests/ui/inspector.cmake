# Tests of ui/inspector.
ph_add_test(ui/inspector/message_text_test.cpp LIBRARIES ui_inspector)
ph_add_test(ui/inspector/wire_log_test.cpp LIBRARIES ui_inspector)
ph_add_test(ui/inspector/wire_model_test.cpp LIBRARIES ui_inspector)
ph_add_test(ui/inspector/inspector_page_test.cpp LIBRARIES ui_inspector)
ph_add_pictures(inspector LIBRARIES ui_inspector)
