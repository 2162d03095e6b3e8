import time
from itertools import combinations

import pytest

from symgrad.writing.layers import arranged, crossings, ranks
from symgrad.writing.layout import layout
from symgrad.writing.levels import spread

LAB = (
    "x-u W1-u b1-u u-h h-v W2-v b2-v v-o o-L y-L W1-s1 W2-s2 s1-s s2-s s-J L-J",
    "x W1 b1 u h W2 b2 v o y L s1 s2 s J",
)


def graph(edges, nodes):
    return nodes.split(), [tuple(edge.split("-")) for edge in edges.split()]


def network(depth):
    nodes, edges = ["x"], []
    for k in range(1, depth + 1):
        nodes += [f"W{k}", f"b{k}", f"u{k}", f"h{k}"]
        edges += [
            ("x" if k == 1 else f"h{k - 1}", f"u{k}"),
            (f"W{k}", f"u{k}"),
            (f"b{k}", f"u{k}"),
            (f"u{k}", f"h{k}"),
        ]
    return [*nodes, "y", "J"], [*edges, (f"h{depth}", "J"), ("y", "J")]


def recurrence(steps):
    nodes, edges = ["W", "U", "V", "h0"], []
    for t in range(1, steps + 1):
        nodes += [f"x{t}", f"h{t}", f"o{t}", f"L{t}"]
        edges += [(f"h{t - 1}", f"h{t}"), (f"x{t}", f"h{t}"), ("W", f"h{t}"), ("U", f"h{t}")]
        edges += [(f"h{t}", f"o{t}"), ("V", f"o{t}"), (f"o{t}", f"L{t}"), (f"L{t}", "J")]
    return [*nodes, "J"], edges


GRAPHS = {
    "lab": graph(*LAB),
    "one node": (["x"], []),
    "two parts": (["a", "b", "c", "d"], [("a", "b"), ("c", "d")]),
    "12 layers": network(12),
    "recurrence": recurrence(7),
}


def sizes(nodes):
    return {node: (2.0 + 0.4 * len(node), 1.9) for node in nodes}


@pytest.fixture(params=GRAPHS)
def drawn(request):
    nodes, edges = GRAPHS[request.param]
    return nodes, edges, layout(sizes(nodes), edges, 40.0)


def between(curve, share):
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve.leave, *curve.bends, curve.arrive
    a, b = 1 - share, share
    return (
        a**3 * x0 + 3 * a * a * b * x1 + 3 * a * b * b * x2 + b**3 * x3,
        a**3 * y0 + 3 * a * a * b * y1 + 3 * a * b * b * y2 + b**3 * y3,
    )


def inside(box, point, margin=0.02):
    x, y = point
    return abs(x - box.centre.x) < box.width / 2 - margin and abs(y - box.centre.y) < box.height / 2 - margin


def test_layers_of_the_lab():
    rank = ranks(*graph(*LAB))
    assert [rank[node] for node in ["u", "h", "v", "o", "L", "J"]] == [1, 2, 3, 4, 5, 6]
    leaves = {"x": "u", "W1": "u", "b1": "u", "W2": "v", "b2": "v", "y": "L"}
    assert all(rank[leaf] == rank[consumer] - 1 for leaf, consumer in leaves.items())
    assert (rank["s1"], rank["s2"], rank["s"]) == (4, 4, 5)


def test_every_edge_runs_to_a_later_layer():
    for nodes, edges in GRAPHS.values():
        rank = ranks(nodes, edges)
        assert all(rank[source] < rank[target] for source, target in edges)
        assert min(rank.values()) == 0


def test_crossings_by_hand():
    left, right = [("a", 0), ("b", 0)], [("c", 1), ("d", 1)]
    crossed = [(left[0], right[1]), (left[1], right[0])]
    assert crossings(left, right, crossed) == 1
    assert crossings(left, right[::-1], crossed) == 0
    assert crossings(left, right, [(one, two) for one in left for two in right]) == 1


def test_a_plain_network_is_drawn_without_crossings():
    layers = arranged(*network(12))
    assert all(
        crossings(one, two, [hop for hop in layers.hops if hop[0][1] == index]) == 0
        for index, (one, two) in enumerate(zip(layers.columns, layers.columns[1:], strict=False))
    )


def test_edges_of_one_source_share_their_way():
    nodes, edges = recurrence(20)
    from_weight = [hop for hop in arranged(nodes, edges).hops if hop[0][0] == "W"]
    assert len(from_weight) == 20 + 19  # one to every step, one along the line to each but the first


def test_spread_by_hand():
    assert spread([0.0, 5.0], [1.0, 1.0], [2.0]) == [0.0, 5.0]
    assert spread([0.0, 0.0], [1.0, 1.0], [2.0]) == [-1.0, 1.0]
    assert spread([0.0, 0.0], [3.0, 1.0], [2.0]) == [-0.5, 1.5]


def test_nodes_do_not_overlap(drawn):
    _, _, plan = drawn
    for one, two in combinations(plan.boxes, 2):
        across = abs(one.centre.x - two.centre.x) >= (one.width + two.width) / 2
        down = abs(one.centre.y - two.centre.y) >= (one.height + two.height) / 2
        assert across or down, (one, two)


def test_no_edge_runs_through_a_node(drawn):
    _, _, plan = drawn
    for curve in plan.curves:
        for share in (k / 20 for k in range(21)):
            assert not any(inside(box, between(curve, share)) for box in plan.boxes)
        for one, two in ((curve.start, curve.leave), (curve.arrive, curve.end)):
            middle = ((one.x + two.x) / 2, (one.y + two.y) / 2)
            assert not any(inside(box, middle) for box in plan.boxes)


def test_every_edge_is_drawn(drawn):
    nodes, edges, plan = drawn
    boxes = {box.id: box for box in plan.boxes}
    ends = {curve.end for curve in plan.curves if curve.arrow}
    starts = {curve.start for curve in plan.curves}
    assert sorted(boxes) == sorted(nodes)
    for source, target in edges:
        for box, places in ((boxes[source], starts), (boxes[target], ends)):
            height = box.height / 2 if places is ends else 0.01
            assert any(
                abs(x - box.centre.x) <= box.width and abs(y - box.centre.y) < height for x, y in places
            )


def test_edges_of_two_sources_arrive_apart(drawn):
    _, _, plan = drawn
    arriving = [(curve.end, curve.start) for curve in plan.curves if curve.arrow]
    for (one, here), (two, there) in combinations(arriving, 2):
        if here != there and one.x == two.x:
            assert abs(one.y - two.y) > 0.2


def test_edges_that_run_side_by_side_turn_apart():
    nodes = [*"abcdef", *"uvwxyz"]
    edges = [*zip("abcdef", "uvwxyz", strict=True), ("a", "z")]
    curves = layout(sizes(nodes), edges, 40.0).curves
    rises = [(curve, curve.arrive.y - curve.leave.y) for curve in curves]
    for (one, rise), (two, other) in combinations(rises, 2):
        if one.start != two.start and min(rise, other) > 0.5:
            assert abs(one.bends[0].x - two.bends[0].x) > 0.1


def test_everything_is_inside_the_frame(drawn):
    _, _, plan = drawn
    points = [point for curve in plan.curves for point in curve.path()]
    points += [box.corner() for box in plan.boxes]
    for x, y in points:
        assert plan.left - 1e-9 <= x <= plan.left + plan.width + 1e-9
        assert plan.top - 1e-9 <= y <= plan.top + plan.height + 1e-9


def test_deep_networks_are_folded_to_fit_the_page():
    nodes, edges = network(12)
    plan = layout(sizes(nodes), edges, 40.0)
    assert plan.width <= 40
    assert plan.height <= 52
    assert len({round(box.centre.y, 1) for box in plan.boxes if box.id[0] in "uh"}) >= 3


def test_the_lab_runs_from_left_to_right_in_one_row():
    nodes, edges = graph(*LAB)
    boxes = {box.id: box.centre for box in layout(sizes(nodes), edges, 40.0).boxes}
    line = [boxes[node] for node in ["x", "u", "h", "v", "o"]]
    assert [point.x for point in line] == sorted(point.x for point in line)
    assert len({round(point.y, 6) for point in line}) == 1


def test_two_thousand_nodes_in_a_few_seconds():
    nodes, edges = network(500)
    begin = time.perf_counter()
    layout(sizes(nodes), edges, 40.0)
    assert time.perf_counter() - begin < 10
