"""Dose to organs and tumours: self-doses, doses across a phantom, extrapolation to humans."""
