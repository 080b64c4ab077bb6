"""Files that people add: photos drawn anew, documents in quarantine, each under a name of ours."""
