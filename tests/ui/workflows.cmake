# Tests of ui/workflows.
ph_add_test(ui/workflows/run_state_test.cpp LIBRARIES ui_workflows)
ph_add_pictures(workflow LIBRARIES ui_workflows)
ph_add_test(ui/workflows/parameter_form_test.cpp LIBRARIES ui_workflows)
ph_add_test(ui/workflows/workflow_run_page_test.cpp LIBRARIES ui_workflows TIMEOUT 120)
ph_add_test(ui/workflows/workflows_page_test.cpp LIBRARIES ui_workflows)
