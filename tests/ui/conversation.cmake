# Tests of ui/conversation.
ph_add_test(ui/conversation/conversation_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/diff_text_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/markdown_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/agent_hub_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/conversation_view_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/agent_panel_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/question_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/session_document_test.cpp LIBRARIES ui_conversation)
