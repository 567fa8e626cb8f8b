import pytest
from helpers.builders import PROPERTY
from hypothesis import given, strategies as st

from msra_ner.dataset.windows import Window, plan_windows


@st.composite
def plans(draw, max_pieces=12):
    """Piece counts, capacity and overlap; tokens may be wider than a window."""
    capacity = draw(st.integers(1, 12))
    overlap = draw(st.integers(0, capacity - 1))
    length = draw(st.integers(0, 40))
    counts = st.integers(1, max_pieces or capacity)
    pieces = draw(st.lists(counts, min_size=length, max_size=length))
    return pieces, capacity, overlap


def context(window, token, pieces):
    """Word pieces on the narrower side of a token; the end of the sentence narrows nothing."""
    sides = []
    if window.start > 0:
        sides.append(sum(pieces[window.start : token]))
    if window.end < len(pieces):
        sides.append(sum(pieces[token + 1 : window.end]))
    return min(sides, default=float("inf"))


def planned_by_hand(pieces, capacity, overlap):
    """State the rule again with sums and loops alone."""
    pieces = [min(count, capacity) for count in pieces]
    total = len(pieces)
    spans = []
    start = end = 0
    while end < total:
        end = start
        while end < total and sum(pieces[start : end + 1]) <= capacity:
            end += 1
        if end == total:
            while start > 0 and sum(pieces[start - 1 :]) <= capacity:
                start -= 1
        spans.append(Window(start, end, 0, 0))
        start += 1
        while sum(pieces[start:end]) > overlap:
            start += 1
    owned: dict[Window, list[int]] = {}
    for token in range(total):
        holding = [span for span in spans if span.start <= token < span.end]
        best = max(context(span, token, pieces) for span in holding)
        owner = next(span for span in holding if context(span, token, pieces) == best)
        owned.setdefault(owner, []).append(token)
    return [
        Window(span.start, span.end, tokens[0], tokens[-1] + 1)
        for span in spans
        if (tokens := owned.get(span))
    ]


@pytest.mark.parametrize(
    ("pieces", "capacity", "overlap", "windows"),
    [
        pytest.param([], 4, 2, [], id="an empty sentence needs no window"),
        pytest.param([1], 1, 0, [Window(0, 1, 0, 1)], id="one token is one window"),
        pytest.param([1, 2, 1], 4, 2, [Window(0, 3, 0, 3)], id="what just fits is one window"),
        pytest.param(
            [1] * 5,
            4,
            2,
            [Window(0, 4, 0, 3), Window(1, 5, 3, 5)],
            id="the last window is moved left until it is full",
        ),
        pytest.param(
            [1] * 8,
            4,
            0,
            [Window(0, 4, 0, 4), Window(4, 8, 4, 8)],
            id="without overlap windows stand side by side",
        ),
        pytest.param(
            [1] * 10,
            6,
            2,
            [Window(0, 6, 0, 5), Window(4, 10, 5, 10)],
            id="a shared token goes where its narrower side is wider",
        ),
        pytest.param(
            [2, 2, 2, 2],
            5,
            1,
            [Window(0, 2, 0, 2), Window(2, 4, 2, 4)],
            id="tokens are never divided, even if a window stays unfilled",
        ),
        pytest.param(
            [1, 9, 1],
            4,
            2,
            [Window(0, 1, 0, 1), Window(1, 2, 1, 2), Window(2, 3, 2, 3)],
            id="a token wider than a window stands alone in its own",
        ),
    ],
)
def test_plan_windows(pieces, capacity, overlap, windows):
    assert plan_windows(pieces, capacity, overlap) == windows


@pytest.mark.parametrize(
    ("capacity", "overlap"),
    [
        pytest.param(0, 0, id="capacity zero"),
        pytest.param(-3, -4, id="capacity below zero"),
        pytest.param(4, -1, id="overlap below zero"),
        pytest.param(4, 4, id="overlap as large as capacity"),
    ],
)
@pytest.mark.parametrize("pieces", [[], [1], [1] * 9], ids=["empty", "one token", "long"])
def test_out_of_range_is_refused_for_any_sentence(pieces, capacity, overlap):
    with pytest.raises(ValueError, match=f"not capacity {capacity} and overlap {overlap}"):
        plan_windows(pieces, capacity, overlap)


@PROPERTY
@given(plans())
def test_the_plan_equals_the_rule_stated_with_sums_and_loops(plan):
    assert plan_windows(*plan) == planned_by_hand(*plan)


@PROPERTY
@given(plans())
def test_each_token_is_owned_by_exactly_one_window_that_holds_it(plan):
    windows = plan_windows(*plan)
    owned = [token for window in windows for token in range(window.own_start, window.own_end)]
    assert owned == list(range(len(plan[0])))
    assert all(window.start <= window.own_start for window in windows)
    assert all(window.own_end <= window.end for window in windows)


@PROPERTY
@given(plans())
def test_no_window_is_empty_owns_nothing_or_stands_in_another(plan):
    windows = plan_windows(*plan)
    assert all(window.start < window.end for window in windows)
    assert all(window.own_start < window.own_end for window in windows)
    for index, window in enumerate(windows):
        for other in windows[:index] + windows[index + 1 :]:
            assert not (other.start <= window.start and window.end <= other.end)


@PROPERTY
@given(plans())
def test_no_window_sees_more_around_a_token_than_its_owner(plan):
    pieces, capacity, _ = plan
    windows = plan_windows(*plan)
    cut = [min(count, capacity) for count in pieces]
    for token in range(len(pieces)):
        holding = [window for window in windows if window.start <= token < window.end]
        owner = next(window for window in holding if window.own_start <= token < window.own_end)
        assert context(owner, token, cut) == max(context(other, token, cut) for other in holding)


@PROPERTY
@given(plans(max_pieces=None))
def test_windows_fit_the_capacity_when_every_token_does(plan):
    pieces, capacity, _ = plan
    windows = plan_windows(*plan)
    assert all(sum(pieces[window.start : window.end]) <= capacity for window in windows)
    if sum(pieces) <= capacity:
        assert len(windows) == bool(pieces)


@PROPERTY
@given(plans())
def test_a_token_wider_than_a_window_stands_first_in_each_window_that_holds_it(plan):
    pieces, capacity, _ = plan
    for window in plan_windows(*plan):
        assert all(pieces[token] <= capacity for token in range(window.start + 1, window.end))


@PROPERTY
@given(st.integers(0, 200), st.integers(1, 40), st.data())
def test_a_character_sees_half_the_overlap_or_the_end_of_the_sentence(length, capacity, data):
    overlap = data.draw(st.integers(0, capacity - 1))
    pieces = [1] * length
    for window in plan_windows(pieces, capacity, overlap):
        for token in range(window.own_start, window.own_end):
            assert context(window, token, pieces) >= overlap // 2
