"""The leaves of a tree."""

import json

from vocabulary.leaves import leaves


def test_leaves_come_in_order_with_the_keys_that_lead_to_them() -> None:
    tree = {"b": {"x": 1, "y": {"z": None}}, "a": [1, 2], "empty": {}}
    assert list(leaves(tree)) == [
        (("b", "x"), 1),
        (("b", "y", "z"), None),
        (("a",), [1, 2]),
        (("empty",), {}),
    ]


def test_tree_without_mappings_is_its_own_leaf() -> None:
    assert list(leaves(3, path=("seed",))) == [(("seed",), 3)]


def test_walk_goes_on_inside_what_is_opened() -> None:
    def opened(value: object) -> object:
        value = json.loads(value) if isinstance(value, str) else value
        return dict(enumerate(value)) if isinstance(value, list) else value

    assert list(leaves({"a": '[5, {"b": 6}]'}, opened=opened)) == [
        (("a", 0), 5),
        (("a", 1, "b"), 6),
    ]
