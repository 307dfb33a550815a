"""What is wrong with an installation, and what to do: each examination is a probe and a rule."""
