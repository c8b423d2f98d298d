"""The hybrid solver: rigid segments, deformable parts, contact, stepping."""
