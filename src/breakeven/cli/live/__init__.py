"""The live table of a running study: what is known now, its lines, and the terminal they are on.

`scene` gathers what events and journals tell, `frame` makes lines of it, `terminal` draws them, and
`watcher` does so twice a second in a thread of its own. No sensor is read for it, and nothing that
is not known is shown as a number.
"""
