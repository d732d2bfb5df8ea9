"""The model of profiles: stacks, spans that samples name, and tables of profiles and samples."""
