"""What changed, when and why: charts with a known rate of false alarms, break points, drivers, slices and drift."""
