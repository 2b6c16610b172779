"""From samples to wholes: shares, rates and totals with intervals that hold."""
