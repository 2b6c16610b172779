"""A shelf of KPIs: each file defines one, as `KPI`."""
