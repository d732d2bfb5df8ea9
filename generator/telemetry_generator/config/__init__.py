"""The generator's configuration, a module a section; `model.GeneratorConfig` is the whole."""
