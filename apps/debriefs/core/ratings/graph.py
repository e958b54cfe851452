"""Which interviewers can be compared at all: those linked by candidates they have both rated, or by others between."""

from apps.debriefs.core.ratings.data import RatingData


def components(data: RatingData) -> tuple[int, ...]:
    """For every interviewer the number of the connected part of the interviewer-candidate graph they belong to.

    Parts are numbered by size, the largest is 0; an interviewer without a rating is a part alone. Severities of
    different parts cannot be compared: nothing tells a harsh interviewer from weak candidates (MacKay et al. 2017).
    """
    parent = list(range(len(data.interviewers) + len(data.candidates)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    shift = len(data.interviewers)
    for interviewer, candidate in zip(data.pair_interviewer.tolist(), data.pair_candidate.tolist(), strict=True):
        parent[root(interviewer)] = root(shift + candidate)
    roots = [root(node) for node in range(shift)]
    sizes: dict[int, int] = {}
    for node in roots:
        sizes[node] = sizes.get(node, 0) + 1
    order = sorted(sizes, key=lambda node: (-sizes[node], roots.index(node)))
    number = {node: place for place, node in enumerate(order)}
    return tuple(number[node] for node in roots)
