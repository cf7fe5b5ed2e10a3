# Tests of ui/conversation.
ph_add_test(ui/conversation/conversation_terminals_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/conversation_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/diff_text_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/markdown_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/agent_hub_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/conversation_view_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/agent_panel_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/agent_panel_writing_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/question_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/session_document_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/sessions_page_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/composer_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/draft_attachments_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/file_finder_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/mentions_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/pictures_test.cpp LIBRARIES ui_conversation)
ph_add_test(ui/conversation/question_card_test.cpp LIBRARIES ui_conversation)
ph_add_pictures(conversation LIBRARIES ui_conversation)

# The window's client for conformance kits: tests/interop/run drives a kit's agent with it.
add_executable(kit_client ${PROJECT_SOURCE_DIR}/tests/support/kit_client.cpp)
set_target_properties(kit_client PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
target_link_libraries(kit_client PRIVATE ui_conversation external)

# A turn with the real Claude agent of npm and a model on loopback: tests/interop/run drives it.
add_executable(claude_turn ${PROJECT_SOURCE_DIR}/tests/support/claude_turn.cpp)
set_target_properties(claude_turn PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
target_link_libraries(claude_turn PRIVATE ui_conversation external model_server)
