"""The store of assets, and what decides whether one can be reused."""
