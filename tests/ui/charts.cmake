# Tests of ui/charts.
