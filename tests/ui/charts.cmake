# Tests of ui/charts.
ph_add_test(ui/charts/chart_view_test.cpp LIBRARIES ui_charts)
