"""A simulated language model. It knows nothing: whatever it says stands in the prompt, or is a guess.

Its public behaviour (window, price, limits) is in MODELS.md. How it errs is imitated in kind, not in size, from what is
published about real models; the constants differ from one copy of this folder to the next, and again in the hidden
check. Reading this source is allowed. Tuning to its constants does not pay.
"""
