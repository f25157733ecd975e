"""From sources to pixels: figures, axes, arrays, and images."""
