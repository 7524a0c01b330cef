"""Training, evaluation and export of NaLaSR networks (PyTorch)."""
