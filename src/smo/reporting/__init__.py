"""What the numbers say: KPIs judged against targets into the four states."""
