"""Reading a table: what is understood, and what is refused with a place and a remedy."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published_tables import YANG, csv_of

from ferrotope.biokinetics import BiodistributionTable, read_table
from ferrotope.errors import DataError, FerrotopeError, InputError
from ferrotope.subject import canonical_organ


@pytest.fixture
def read(tmp_path):
    def from_text(text, unit="%ID/g", decay_corrected=True, **options):
        path = tmp_path / "table.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_table(path, unit, decay_corrected, **options)

    return from_text


def test_reads_a_published_table(read):
    table = read(csv_of(YANG))
    assert list(table.organs)[:2] == ["blood", "liver"]
    assert table.organs["kidneys"].values.tolist() == [4.804]
    assert table.organs["liver"].times.tolist() == [1800.0, 10800.0, 21600.0, 86400.0, 172800.0]
    assert np.isnan(table.organs["liver"].standard_deviations).all()
    assert table.resolution == pytest.approx(1e-3)
    assert table.unit == "%ID/g"
    assert table.decay_corrected


@pytest.mark.parametrize(
    "text",
    [
        "time_h,organ,value\n1,liver,2.5\n",
        "Time (h);Organ;Value\n1;Liver;2.5\n",
        "time_min\torgan\tvalue\n60\tliver\t2.5\n",
        '# a comment, with commas\n\ntime_s,organ,value,remark\n3600,liver,2.5,"so, so"\n',
        "\ufefftime_h,organ,value\r\n1,liver,2.5\r\n",
        "time_d,value,organ\n0.041666666666666664,2.5e0,LIVER\n",
        "time_h,organ,pct_id_per_g\n1,liver,2.5\n",
    ],
)
def test_dialects(read, text):
    rows = read(text).organs["liver"]
    assert rows.times == pytest.approx([3600.0])
    assert rows.values == pytest.approx([2.5])


def test_rows_are_sorted_and_sd_and_n_are_kept(read):
    table = read("time_h,organ,value,sd,n\n24,liver,2,0.4,4\n1,liver,3,,3\n")
    rows = table.organs["liver"]
    assert rows.times.tolist() == [3600.0, 86400.0]
    assert rows.standard_deviations[1] == 0.4
    assert np.isnan(rows.standard_deviations[0])
    assert rows.animals.tolist() == [3.0, 4.0]


def test_variants(read):
    text = "time_h,organ,value,variant\n1,liver,2,targeted\n1,liver,3,plain\n"
    assert read(text, variant="plain").organs["liver"].values.tolist() == [3.0]
    with pytest.raises(DataError, match=r"several variants.*'targeted', 'plain'"):
        read(text)
    with pytest.raises(DataError, match=r"no such variant.*Did you mean 'plain'"):
        read(text, variant="plane")


@pytest.mark.parametrize(
    ("unit", "corrected", "words"),
    [
        (None, True, "unit.*missing.*mass of the organ"),
        ("%ID/g", None, "decay-corrected is not stated.*counted twice or not at all"),
        ("%ID/ml", True, "not known.*'%ID/ml'.*Allowed: '%ID/g' or '%ID'"),
        ("%ID", "true", "must be true or false"),
        ("%ID", 1, "must be true or false"),
    ],
)
def test_a_missing_reading_says_why_it_matters(read, unit, corrected, words):
    with pytest.raises(InputError, match=words):
        read("time_h,organ,value\n1,liver,2\n", unit, corrected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"# only a comment\n", "holds no rows"),
        (b"time_h,organ,value\n", "holds no rows"),
        (b"PK\x03\x04\x00\x00", "not text in UTF-8.*not as xlsx"),
        (b"\xff\xfe\x00t", "not text"),
        ("time_h,organ,value\n1,liver,high\n", "line 2: column 'value'.*not a number.*'high'"),
        ("time_h,organ,value\n1,liver,\n", "empty cell is not zero"),
        ("time_h,organ,value\n1,liver,nan\n", "Leave out a row"),
        ("time_h,organ,value\n1,liver,1_0\n", "not a number"),
        ("time_h,organ,value\n1,liver,<0.1\n", "[Ww]rite 0 for a value below detection"),
        ("time_h,organ,value\n1,liver,12.5 ± 1\n", "own column 'sd'"),
        ("time_h;organ;value\n1;liver;12,5\n", "point: 12.5"),
        ("time_h,organ,value\n1,liver,-2\n", "outside what is possible.*1e-12 to 1e"),
        ("time_h,organ,value\n-1,liver,2\n", "column 'time_h'.*outside"),
        ("time_h,organ,value\n1e9,liver,2\n", "column 'time_h'.*outside"),
        ("time_h,organ,value\n1,liver,1e999\n", "outside"),
        ("time_h,organ,value\n1,liver,1e-300\n", "outside"),
        ("time_h,organ,value\n1,liver,1e-99999999999999999999\n", "no organ"),
        ("time_h,organ,value" + "x" * 200_000 + "\n1,liver,1\n", "line 1: the line cannot be read"),
        ("time_h,organ,value\n1,,2\n", "no usable name"),
        ("time_h,organ,value\n1,liver,2\n1,Liver,3\n", "line 3.*already stands in line 2"),
        ("time_h,organ,value\n1,liver,2,9\n", "4 cells, the header 3"),
        ("time_h,organ,value,n\n1,liver,2,2.5\n", "whole number"),
        ("time,organ,value\n1,liver,2\n", "time column with its unit.*without a unit cannot"),
        ("hours,organ,value\n1,liver,2\n", "time column with its unit"),
        ("time_h,tissue,value\n1,liver,2\n", "no column 'organ'"),
        ("time_h,organ,value\n1,liver,0\n2,blood,0\n", "no organ .* holds anything"),
        ("time_h,organ,uptake\n1,liver,2\n", "no column 'value'"),
        ("time_h,organ,value,value\n1,liver,2,2\n", "stands twice"),
        ("time_h,organ,pct_id\n1,liver,2\n", "header says %ID and the study says %ID/g"),
    ],
)
def test_bad_files_are_refused_with_a_reason(read, text, words):
    with pytest.raises(DataError, match=words):
        read(text)


def test_missing_folder_and_huge_files(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_table(tmp_path / "absent.csv", "%ID", True)
    with pytest.raises(DataError, match=r"^/.*: this is not a file"):
        read_table(tmp_path, "%ID", True)
    with pytest.raises(DataError, match="not usable"):
        read_table("a\0b.csv", "%ID", True)
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as sparse:
        sparse.truncate(10**9)
    with pytest.raises(DataError, match=r"^/.*csv: the file is too large.*1000 MB"):
        read_table(huge, "%ID", True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200),
        st.text('time_h,organvluesd\n\t;"0123456789.-\u00b1', max_size=200),
    )
)
def test_any_bytes_give_a_table_or_our_error(read, content):
    text = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    for start in (b"", b"time_h,organ,value\n"):
        try:
            assert isinstance(read(start + text), BiodistributionTable)
        except FerrotopeError as error:
            assert str(error)


organ_names = st.sampled_from(["liver", "kidneys", "tumour", "small_intestine", "lungs"])
columns = st.dictionaries(st.integers(0, 10_000), st.integers(1, 100_000), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(organ_names, columns, min_size=1))
def test_round_trip(read, data):
    rows = {
        organ: ([t / 8 for t in sorted(points)], [points[t] / 1000 for t in sorted(points)])
        for organ, points in data.items()
    }
    table = read(csv_of(rows), "%ID", False)
    for organ, (times, values) in rows.items():
        assert table.organs[organ].times == pytest.approx(np.array(times) * 3600)
        assert table.organs[organ].values == pytest.approx(values)


def test_the_same_content_is_the_same_table(read):
    one, two = read(csv_of(YANG)), read(csv_of(YANG))
    assert one == two
    assert hash(one) == hash(two)
    assert one != one.read_as(decay_corrected=False)
    assert one != read(csv_of({**YANG, "heart": ([48], [2.5])}))


def test_organ_names():
    assert canonical_organ(" Kidney ") == "kidneys"
    assert canonical_organ("Small-Intestine") == "small_intestine"
    assert canonical_organ("tumor") == "tumour"
    assert canonical_organ("tail") == "tail"
