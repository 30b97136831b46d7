"""Walking and changing the leaves of nouns, and the record of what was read."""

from ferrotope.units.fields import quantity, to_value
from ferrotope.units.noun import Noun, leaves, place, substitute
from ferrotope.units.value import recording


class Inner(Noun):
    size: quantity("m", positive=True)


class Outer(Noun):
    name: str
    inner: Inner
    many: list[Inner]
    table: dict[str, Inner]


def example() -> Outer:
    inner = {"size": "1 nm"}
    return Outer(name="x", inner=inner, many=[inner, {"size": "2(1) nm"}], table={"a": inner})


def test_leaves_have_paths():
    assert [path for path, _ in leaves(example())] == ["inner.size", "many[0].size", "many[1].size", "table.a.size"]


def test_substitution_changes_one_leaf_and_shares_the_rest():
    outer = place(example())
    new = substitute(outer, {"many[1].size": outer.many[1].size.at(5.0)})
    assert new.many[1].size.number == 5.0
    assert not new.many[1].size.uncertain
    assert new.inner is outer.inner
    assert new.many[0] is outer.many[0]
    assert outer.many[1].size.number == 2e-9


def test_reads_are_recorded_by_path_and_nest():
    outer = place(example())
    with recording() as outside:
        outer.inner.size.si
        with recording() as inside:
            outer.table["a"].size.si
    assert outside == {"inner.size"}
    assert inside == {"table.a.size"}


def test_reading_the_number_is_not_noted():
    outer = place(example())
    with recording() as reads:
        assert outer.inner.size.number == to_value("1 nm", "m").number
    assert not reads
