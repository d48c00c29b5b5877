"""From a graph to source text in one dialect, and from the text to something that can be called."""
