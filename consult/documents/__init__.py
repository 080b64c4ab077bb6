"""Documents: printed pages (PDF), maps and charts drawn as SVG, QR codes."""
