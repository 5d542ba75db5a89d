"""Serving: services that wait for requests and answer them, day after day."""
