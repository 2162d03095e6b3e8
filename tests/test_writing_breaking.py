import pytest

from symgrad.document.blocks import Chain, Display, Inline, Link, Table, Words
from symgrad.document.breaking import display_parts, sentence_width
from symgrad.maths.layout import flat
from symgrad.maths.measure import width
from symgrad.maths.nodes import Boxed, Operator, Row, Symbol
from symgrad.writing.tables import table_columns


def total(count, letter="x"):
    return Row(tuple(item for _ in range(count) for item in (Operator("+"), Symbol(letter)))[1:])


def links(*sides, note=""):
    return tuple(Link("=", side, (Words(note),) if note else ()) for side in sides)


def lines(*chains, room=30.0, beside=False):
    return [line for part in display_parts(Display(chains, beside), room) for line in part]


def letters(line):
    return sum(isinstance(part, Symbol) for part in flat(line.formula()))


def test_a_short_chain_stays_on_one_line():
    (line,) = lines(Chain(Symbol("y"), links(total(2), total(3)), tag="4"))
    assert line.left == Symbol("y")
    assert line.sign == Operator("=")
    assert letters(line) == 6
    assert (line.tag, line.tight) == ("4", False)


def test_a_long_chain_has_a_line_for_every_link():
    first, second, third = lines(Chain(Symbol("y"), links(total(6), total(6), total(6)), tag="4"))
    assert [line.left for line in (first, second, third)] == [Symbol("y"), None, None]
    assert [line.sign for line in (first, second, third)] == [Operator("=")] * 3
    assert [line.tag for line in (first, second, third)] == ["", "", "4"]


def test_a_short_chain_is_not_torn_and_a_long_one_may_be():
    short = lines(Chain(Symbol("y"), links(*[total(12)] * 4)))
    assert [line.keep for line in short] == [True, True, True, False]
    assert not any(line.keep for line in lines(Chain(Symbol("y"), links(*[total(12)] * 40))))


def test_links_with_notes_of_their_own_stand_alone():
    assert len(lines(Chain(Symbol("y"), links(Symbol("a"), Symbol("b"), note="rule")))) == 2


def test_long_sums_break_before_their_signs_and_lose_nothing():
    broken = lines(Chain(Symbol("y"), links(total(60))))
    assert [line.sign for line in broken] == [Operator("="), *[Operator("+")] * (len(broken) - 1)]
    assert sum(map(letters, broken)) == 61
    assert all(width(line.body) <= line.room for line in broken)


def test_long_boxed_results_keep_their_frames():
    broken = lines(Chain(Symbol("y"), links(Boxed(total(60)))))
    assert len(broken) > 2
    assert all(isinstance(line.body, Boxed) for line in broken)


def test_what_cannot_be_broken_is_tight():
    (line,) = lines(Chain(Symbol("y"), links(Symbol("abcdefghijklmnopqrstuvwxyz" * 3))))
    assert line.tight


def test_a_long_left_side_has_its_own_line():
    first, second = lines(Chain(total(8), links(Symbol("a"))), room=30.0)
    assert letters(first) == 8
    assert first.sign is None
    assert second.sign == Operator("=")
    assert second.indent > 0


def test_a_chain_without_relation_is_a_line():
    (line,) = lines(Chain(total(3), ()))
    assert line.sign is None
    assert letters(line) == 3


@pytest.mark.parametrize("beside", [False, True])
def test_a_chain_that_goes_on_begins_with_its_relation(beside):
    line = lines(Chain(None, links(total(2))), beside=beside)[0]
    assert flat(line.formula())[0] == Operator("=")


def test_short_chains_beside_one_another_wrap():
    rows = lines(*(Chain(Symbol("y"), links(total(3))) for _ in range(12)), beside=True)
    assert 1 < len(rows) < 12
    assert sum(map(letters, rows)) == 12 * 4
    assert all(width(row.body) <= 30 for row in rows)


def test_a_tag_or_a_note_ends_its_row():
    chain = Chain(Symbol("y"), links(Symbol("a")), tag="1")
    assert [row.tag for row in lines(chain, chain, beside=True)] == ["1", "1"]
    noted = Chain(Symbol("y"), links(Symbol("a"), note="rule"))
    assert len(lines(noted, noted, beside=True)) == 2


def test_long_chains_among_short_ones_are_a_part_of_their_own():
    short, long = Chain(Symbol("y"), links(Symbol("a"))), Chain(Symbol("y"), links(total(60)))
    parts = display_parts(Display((short, short, long, short), beside=True), 30.0)
    assert [len(part) == 1 for part in parts] == [True, False, True]


def test_notes_stand_beside_where_there_is_room_and_else_below():
    beside, below = (
        lines(Chain(Symbol("y"), links(total(4), note=note)))[0]
        for note in ("rule", "a long explanation " * 5)
    )
    assert (beside.below, below.below) == (False, True)
    assert beside.note == (Words("rule"),)


def table(*cells):
    return Table(tuple((Words("h"),) for _ in cells), (tuple((Words(cell),) for cell in cells),))


def test_columns_of_a_small_table_are_natural():
    assert table_columns(table("one", "two"), 40) == (None, None)


def test_wide_columns_share_what_narrow_ones_leave():
    narrow, wide, wider = table_columns(table("one", "x" * 300, "x" * 400), 40)
    assert narrow >= sentence_width((Words("one"),))
    assert wide == wider
    assert narrow + wide + wider <= 40


def test_sentence_width_counts_words_and_maths():
    assert sentence_width((Words("abcd"), Inline(total(2)))) == pytest.approx(
        sentence_width((Words("abcd"),)) + width(total(2))
    )
