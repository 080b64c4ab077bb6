"""The background of maps: tiles of a file of ours, or of a server that we ask so that no reader's browser has to."""
