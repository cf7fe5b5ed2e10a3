# Tests of ui/conversation.
