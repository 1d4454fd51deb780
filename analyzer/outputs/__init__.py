"""What a user gets: tables, images, report, and the folder that holds them.

folder : writes a folder of results, whole or not at all
tables : steps, summary, time series, events, splits, speeds between gates, columns
analysis_json : ``analysis.json``, and the way back from a folder to a run
resetting : what a folder gives back, with other settings
scale_files : marks and calibrations in files; ``gates_file``: times of timing gates
data_dictionary : what every column of every file means
metric_dictionary : what every metric means (docs/metrics.md)
catalogue : which metric measures which item of the founding article
colours : the colour of the left and of the right side, for everything below
plots : one function a chart
report : the page; its answers, its chapters, its pictures, and why numbers are missing
kinogram : the moments of a step side by side
annotated_video : the clip again, with what was measured

Outputs compute nothing of their own: a number in the report is a metric. The wording of a warning stands
where the warning is made, beside its code: ``grep -rn '"off_axis"' analyzer`` finds it.
"""
