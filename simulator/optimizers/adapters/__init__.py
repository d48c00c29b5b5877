"""Other libraries' optimizers behind the common door, one small file each.

Each adapter can be imported without its library: its options are listed and checked everywhere, and
only a run needs the library. ``pip install 'perfect-cup[bench]'`` brings them all.
"""
