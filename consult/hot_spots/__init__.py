"""Hot spots and trends: where people speak of something more than chance explains, and when."""
