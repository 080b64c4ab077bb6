"""The consultation platform around the National Map of Security Threats: floor, heart and roof of the house."""
