"""Pure arithmetic that several rooms need: no files, no clocks, no devices."""
