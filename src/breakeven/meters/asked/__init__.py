"""Meters that open only when named: plugs, controllers, models, recordings."""
