"""When what is due: load shapes and pacers."""
