"""The programmatic door: typed endpoints, the OpenAPI document is the contract."""
