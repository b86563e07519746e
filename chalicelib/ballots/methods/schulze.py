"""The Schulze method with winning votes: an option beats another when its strongest path to it is the stronger one.

Source: Schulze, *A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
election method*, Social Choice and Welfare 36, 2011, section 2.
"""

from itertools import product

Matrix = list[list[int]]


def strongest_paths(preferred: Matrix) -> Matrix:
    """strength[a][b] of the strongest path from a to b: that of its weakest link. 0 where there is none.

    Floyd and Warshall's algorithm over the widest paths.
    """
    places = range(len(preferred))
    strength = [[preferred[a][b] if preferred[a][b] > preferred[b][a] else 0 for b in places] for a in places]
    for through, a in product(places, places):
        first = strength[a][through]
        if first and a != through:
            row, onward = strength[a], strength[through]
            for b in places:
                if b != a:
                    row[b] = max(row[b], min(first, onward[b]))
    return strength


def layers(preferred: Matrix) -> list[int]:
    """For each option its place: 0 for those that no other beats, 1 for those that then no other of the rest beats, and
    so on. Beating is transitive, so that there is always such an option."""
    strength = strongest_paths(preferred)
    rest, found, layer = set(range(len(preferred))), [0] * len(preferred), 0
    while rest:
        unbeaten = {a for a in rest if all(strength[b][a] <= strength[a][b] for b in rest)}
        for option in unbeaten:
            found[option] = layer
        rest -= unbeaten
        layer += 1
    return found
