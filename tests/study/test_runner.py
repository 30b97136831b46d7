"""The runner: what a stage read, what it rests on, and when it need not run again."""

from dataclasses import replace

from ferrotope.result import Notice, Outcome, Record
from ferrotope.study.runner import Runner
from ferrotope.units.fields import to_value


def values(**numbers):
    kinds = {"a": "measured", "b": "assumed", "c": "stated"}
    return {name: replace(to_value(text, "m"), path=name, kind=kinds[name]) for name, text in numbers.items()}


def stages(run, given, calls):
    """Two stages: the first reads a, the second b and the first; c is read by nobody."""

    def first():
        calls.append("first")
        return Outcome(
            records=(Record(path="first.x", value=given["a"].si, unit="m", title="length of it"),),
            notices=(Notice(level="assumption", text="it is straight"),),
        )

    def second():
        calls.append("second")
        return Outcome(records=(Record(path="second.y", value=2 * given["b"].si, unit="m", title="r1 of it"),))

    run.stage("first", first)
    run.stage("second", second, after=("first",))
    return run


def test_records_learn_what_they_rest_on():
    given = values(a="1 m", b="2 m", c="3 m")
    found = stages(Runner(given), given, []).outcomes()
    (x,), (y,) = found["first"].records, found["second"].records
    assert (x.inputs, x.upstream, x.rests_on) == (("a",), (), ("measured",))
    assert (y.inputs, y.upstream, y.rests_on) == (("b",), ("first",), ("assumed", "measured"))


def test_titles_and_notices_become_sentences():
    given = values(a="1 m", b="2 m")
    found = stages(Runner(given), given, []).outcomes()
    assert found["first"].records[0].title == "Length of it"
    assert found["second"].records[0].title == "r1 of it"
    assert found["first"].notices == (Notice(level="assumption", text="It is straight.", stage="first"),)


def again(changed):
    """Names of the stages that run again when the inputs named are changed."""
    given = values(a="1 m", b="2 m", c="3 m")
    before = stages(Runner(given), given, [])
    new = {**given, **{name: given[name].at(9.0) for name in changed}}
    calls = []
    after = stages(Runner(new, previous=before), new, calls)
    return calls, after


def test_a_stage_runs_again_only_when_what_it_read_or_used_changed():
    assert again([])[0] == []
    assert again(["c"])[0] == []
    assert again(["b"])[0] == ["second"]
    assert again(["a"])[0] == ["first", "second"]


def test_a_rerun_gives_the_new_numbers():
    _calls, after = again(["a"])
    assert after.outcomes()["first"].records[0].value == 9.0


def test_the_same_number_again_is_no_change():
    given = values(a="1 m", b="2 m")
    before = stages(Runner(given), given, [])
    calls = []
    same = {"a": given["a"].at(1.0), "b": given["b"]}
    stages(Runner(same, previous=before), same, calls)
    assert calls == []
