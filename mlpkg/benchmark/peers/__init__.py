"""Workers of other people's classifiers: scripts that need nothing of mlpkg.

Each is run by an interpreter that has the peer installed, so that a peer whose pins
cannot stand beside ours has an environment of its own. `mlpkg.benchmark.classifiers.
peer` speaks with them: a JSON object a line, on standard input and output.
"""
