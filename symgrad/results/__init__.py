"""What a derivation comes to in numbers: values, worked steps, training."""
