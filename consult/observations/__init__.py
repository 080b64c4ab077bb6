"""One voice about one place, through whichever door it came."""
