"""Names of costs on the command line: short ones as `curves --y` knows them, and the records'."""

SHORT = {
    "cpu": "cpu_s",
    "time": "duration_s",
    "energy": "energy_j",
    "carbon": "carbon_kgco2e",
    "data": "n_labelled_examples",
    "eur": "price_eur",
    "usd": "price_usd",
}
"""Name in records by the short one; a test holds it against the axes of `curves`."""


def cost_named(text: str) -> str:
    """Name of a cost in records; what is no short name is given back.

    Examples:
        >>> cost_named("cpu"), cost_named("flops")
        ('cpu_s', 'flops')
    """
    return SHORT.get(text, text)


def additive_costs() -> tuple[str, ...]:
    """Costs that add up over a lifetime, by their names in records."""
    from breakeven.records import Resource  # noqa: PLC0415 - `--help` stays light

    return tuple(resource.value for resource in Resource if resource.is_additive)


def offered_costs() -> tuple[str, ...]:
    """What a shell offers: short names, then those of records."""
    return (*SHORT, *additive_costs())
