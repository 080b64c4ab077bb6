"""Questionnaires and the coordinator's feedback desk: the door through which surveys come in."""
