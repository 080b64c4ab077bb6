"""Help: a short page for each task, the keys, the words of the service, and a manual made of the same text."""
