"""The catalogue of mistakes, a file each: what is done, how it shows, what to say, an example."""
