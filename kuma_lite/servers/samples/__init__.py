"""What hosts report, from the bytes that arrive to the series of a chart."""
