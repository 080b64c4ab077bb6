"""Threats: observations that speak of one thing are joined, and the answer of the police is followed.

``linking`` and ``clustering`` hold the rule of joining, ``workflow`` the states of a threat; all three are pure.
"""
