"""Voivodeships, districts and communes: dated boundary sets, and which area a place lies in."""
