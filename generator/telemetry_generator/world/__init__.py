"""The generated system: services, their operations, and the machines that run them."""
