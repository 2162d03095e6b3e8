"""Numbers from .npy and .csv files beside a problem: what is read, what is refused, where that is told."""

import errno
import io
import json
import os
import pickle
import sys

import numpy as np
import pytest
from click.testing import CliRunner

import symgrad as sg
from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.reading import comma_separated, npy
from symgrad.reading.problem import load_problem, read_problem
from symgrad.solving import solve

NET = "forward:\n  u: W @ x\n  L: sum(u**2)\n"
WEIGHTS = [[0.5, -1.25, 3.0], [0.1, 2.0, 1e-3]]


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "lab"
    inside.mkdir()
    return inside


def problem(folder, given, text=NET):
    path = folder / "p.yaml"
    path.write_text(f"{text}given:\n  W: {given}\n", encoding="utf-8")
    return path


def read(folder, name="W.npy"):
    return load_problem(problem(folder, f"{{file: {json.dumps(name)}}}")).given["W"]


def fault(folder, name):
    """The message about a file; it points at the name in the problem, and has a hint."""
    with pytest.raises(InputError) as caught:
        read(folder, name)
    error = caught.value
    assert error.hint
    assert error.place.file == str(folder / "p.yaml")
    assert (error.place.line, error.place.column) == (5, 14), "at the name, behind its quote"
    assert error.place.width == len(name)
    return f"{error.message}; {error.hint}"


def saved(folder, array):
    np.save(folder / "W.npy", array)
    return read(folder)


def written(folder, text):
    (folder / "W.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(folder, "W.csv")


def refused(folder, text):
    (folder / "W.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return fault(folder, "W.csv")


# --- NumPy files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["<f8", ">f8", "<f4", ">f4", "<f2", "<i8", ">i4", "<u2", "|i1", "|u1"])
@pytest.mark.parametrize("shape", [(), (6,), (2, 3), (1, 6), (6, 1)])
def test_every_real_type_and_shape(folder, kind, shape):
    array = (np.arange(6)[: np.prod(shape, dtype=int)] * 3).astype(kind).reshape(shape)
    found = saved(folder, array)
    assert found.dtype == np.float64
    assert not found.flags.writeable
    np.testing.assert_array_equal(found, array)


def test_the_order_of_the_file_is_kept(folder):
    array = np.asfortranarray(WEIGHTS)
    assert array.flags.f_contiguous
    np.testing.assert_array_equal(saved(folder, array), WEIGHTS)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_version_of_the_format(folder, version):
    with (folder / "W.npy").open("wb") as stream:
        np.lib.format.write_array(stream, np.array(WEIGHTS), version=version)
    np.testing.assert_array_equal(read(folder), WEIGHTS)


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_short_floats_are_the_decimals_that_they_are_shown_as(folder, kind):
    assert saved(folder, np.array([0.1, -2.5, 1e-3], dtype=kind)).tolist() == [0.1, -2.5, 1e-3]


class Harmful:
    """Writes a file where it is unpickled."""

    def __reduce__(self):
        return open, ("harm", "w")


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (np.array([Harmful()], dtype=object), "type '|O', no real numbers"),
        (np.array([1 + 2j]), "type '<c16', no real numbers"),
        (np.array([True]), "type '|b1', no real numbers"),
        (np.array(["1"]), "type '<U1', no real numbers"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "no real numbers"),
        (np.array([(1, 2.0)], dtype=[("a", "<i8"), ("b", "<f8")]), "no real numbers"),
        (np.zeros((1,) * 6), "its shape is (1, 1, 1, 1, 1, 1); an array has at most 5 axes"),
        (np.zeros((0, 3)), "its shape is (0, 3): it is empty"),
        (np.array([[1.0, np.nan]]), "its entry [0, 1] is nan"),
        (np.array([1.0, -np.inf]), "its entry [1] is -inf"),
        (np.array(np.inf), "it is inf"),
        (np.zeros(1_000_001, dtype=np.int8), "its shape is (1000001): 1,000,001 numbers"),
    ],
)
def test_what_is_no_array_of_finite_numbers(folder, monkeypatch, array, told):
    monkeypatch.chdir(folder)
    np.save(folder / "W.npy", array)
    assert told in fault(folder, "W.npy")
    assert not (folder / "harm").exists(), "nothing was unpickled"


def test_a_longer_float_is_refused_where_there_is_one(folder):
    if np.dtype(np.longdouble).itemsize > 8:
        np.save(folder / "W.npy", np.array([1], dtype=np.longdouble))
        assert "W.astype(float)" in fault(folder, "W.npy")


def header(text, length=None):
    raw = text.encode()
    told = len(raw) if length is None else length
    return npy.MAGIC + b"\x01\x00" + told.to_bytes(2, "little") + raw


WHOLE = io.BytesIO()
np.save(WHOLE, np.array(WEIGHTS))
WHOLE = WHOLE.getvalue()
F8 = "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }\n"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "it is no NumPy file"),
        (b"1,2\n", "it is no NumPy file"),
        (npy.MAGIC, "it is no NumPy file"),
        (npy.MAGIC + b"\x04\x00" + WHOLE[8:], "it is no NumPy file"),
        (b"PK\x03\x04" + WHOLE, "it is no NumPy file"),
        (WHOLE[:40], "its header is not as NumPy writes it"),
        (WHOLE[:-1], "it holds 47 bytes of numbers, and its header tells of 48"),
        (WHOLE + b"\0", "it holds 49 bytes of numbers, and its header tells of 48"),
        (WHOLE * 2, "its header tells of 48"),
        (header("", length=65535), "its header takes 65,535 bytes"),
        (header(F8 % "(10**12,)"), "its header is not as NumPy writes it"),
        (header(F8 % "(1000000000000,)"), "1,000,000,000,000 numbers; the limit is 1,000,000 numbers a file"),
        (header(F8 % "(99999999999999999999, 99999999999999999999)"), "the limit is 1,000,000 numbers"),
        (header(F8 % f"({'9' * 5000},)"), "its header is not as NumPy writes it"),
        (header(F8 % "(1000, 1000)"), "it holds 0 bytes of numbers, and its header tells of 8,000,000"),
        (header(F8 % "(-1,)"), "its header is not as NumPy writes it"),
        (header("{'descr': " + "(" * 5000 + "}"), "its header is not as NumPy writes it"),
        (header("__import__('os').system('touch harm')"), "its header is not as NumPy writes it"),
        (header(F8.replace("<f8", "<f3") % "(1,)") + b"000", "type '<f3', no real numbers"),
        (header(F8.replace("'<f8'", "['<f8', (2,)]") % "(1,)"), "no real numbers"),
    ],
)
def test_a_file_that_is_not_whole(folder, raw, told):
    (folder / "W.npy").write_bytes(raw)
    assert told in fault(folder, "W.npy")


def test_any_cut_or_changed_byte_is_an_input_error_or_a_number(folder):
    random = np.random.default_rng(1)
    for _ in range(300):
        raw = bytearray(WHOLE)
        raw[random.integers(len(raw))] = random.integers(256)
        (folder / "W.npy").write_bytes(raw[: random.integers(len(raw)) if random.random() < 0.3 else None])
        try:
            told, found = "", read(folder)
        except InputError as error:
            told, found = error.message, None
        assert told.startswith("'W.npy': ") if found is None else np.isfinite(found).all()


def test_pickles_are_never_read(folder):
    (folder / "W.npy").write_bytes(pickle.dumps(Harmful()))
    assert "it is no NumPy file" in fault(folder, "W.npy")


# --- comma-separated files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5, -1.25,3\n.1,2.,1e-3\n", WEIGHTS),
        ("0.5,-1.25,3\r\n0.1,2,1E-3", WEIGHTS),
        ("\ufeff0.5,-1.25,3\n0.1,2,+0.001\n\n  \n", WEIGHTS),
        ("1,2,3\n", [1, 2, 3]),
        ("1\n2\n3\n", [1, 2, 3]),
        (" 7 ", 7),
    ],
)
def test_rows_of_numbers(folder, text, value):
    found = written(folder, text)
    assert found.dtype == np.float64
    assert not found.flags.writeable
    assert found.tolist() == value


def test_what_numpy_writes_is_read(folder):
    np.savetxt(folder / "W.csv", WEIGHTS, delimiter=",")
    np.testing.assert_array_equal(read(folder, "W.csv"), WEIGHTS)


def test_a_decimal_is_the_one_of_the_yaml_file(folder):
    text = "0.1,0.30000000000000004,1e-320,123456789012345678901234567890\n"
    given = load_problem(problem(folder, f"[{text.strip()}]")).given["W"]
    assert written(folder, text).tolist() == given.tolist()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it is empty"),
        (" \n\n", "it is empty"),
        ("w1,w2\n1,2\n", "line 1: 'w1' is no number; without headings"),
        ("# w\n1,2\n", "line 1: '# w' is no number; without headings"),
        ('"1",2\n', "line 1: '\"1\"' is no number; without headings and quotes"),
        ("1,2\n3\n", "line 2 has 1 entry, line 1 has 2 entries"),
        ("1,2\n3,4,5\n", "line 2 has 3 entries, line 1 has 2 entries"),
        ("1,2\n\n3,4\n", "line 2 has 1 entry, line 1 has 2 entries"),
        ("1\n\n3\n", "line 2: a number is missing"),
        ("1,2,\n", "line 1: a number is missing"),
        ("1,,2\n", "line 1: a number is missing"),
        ("0,5;0,7\n", "line 1: '5;0' is no number; part the numbers by commas"),
        ("1;2\n", "line 1: '1;2' is no number; part the numbers by commas"),
        ("1\t2\n", "part the numbers by commas"),
        ("1 2\n", "line 1: '1 2' is no number; part the numbers by commas"),
        ("1,2\n3,nan\n", "line 2: 'nan' is no number; a given is finite"),
        ("1,-inf\n", "line 1: '-inf' is no number; a given is finite"),
        ("1,1e999\n", "line 1: a number that is not finite"),
        ("1_000\n", "line 1: '1_000' is no number"),
        ("0x10\n", "line 1: '0x10' is no number"),
        ("1/2\n", "line 1: '1/2' is no number; a line is a row of numbers"),
        ("1,\u0661\n", "line 1: '\u0661' is no number"),
        ("1,2\n3,=cmd()\n", "line 2: '=cmd()' is no number"),
        ("1,2\n3,\x00\n", "line 2: '\x00' is no number"),
        (b"1,2\n3,\xff\n", "line 2: byte 0xff is not UTF-8; save the file as UTF-8"),
        ("1,2\n".encode("utf-16"), "line 1: byte 0xff is not UTF-8"),
        ("1" * 100 + "x", f"line 1: '{'1' * 30}' is no number"),
    ],
)
def test_a_line_that_is_no_row_is_named(folder, text, told):
    assert told in refused(folder, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1," * 30 + "1\n", "line 1 is beyond the limit"),
        ("1,2\n" * 11, "line 11 is beyond the limit"),
        ("1\n" * 21, "it has 21 lines; the limit is 20 numbers a file"),
        ("1" * 641, "it takes 641 bytes; the limit is 640 bytes"),
    ],
)
def test_a_long_file_is_refused_before_it_is_taken_apart(folder, monkeypatch, text, told):
    monkeypatch.setattr(comma_separated, "MAX_NUMBERS", 20)
    monkeypatch.setattr(comma_separated, "_LIMIT", "the limit is 20 numbers a file")
    monkeypatch.setattr(comma_separated, "MAX_BYTES", 640)
    assert told in refused(folder, text)


# --- which files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["W.npy", "data/W.npy", "./data/../W.npy", "data/W.NPY", "data/link.npy"])
def test_a_file_in_the_folder_or_below(folder, name):
    (folder / "data").mkdir()
    for path in ("W.npy", "data/W.npy"):
        np.save(folder / path, np.array(WEIGHTS))
    (folder / "data" / "W.NPY").write_bytes(WHOLE)
    (folder / "data" / "link.npy").symlink_to("../W.npy")
    np.testing.assert_array_equal(read(folder, name), WEIGHTS)


def test_an_absolute_name_of_a_file_inside_is_one(folder):
    np.save(folder / "W.npy", np.array(WEIGHTS))
    np.testing.assert_array_equal(read(folder, str(folder / "W.npy")), WEIGHTS)


@pytest.mark.parametrize(
    "name", ["../W.npy", "data/../../W.npy", "link.npy", "folder/W.npy", "/etc/W.npy", "{outside}/W.npy"]
)
def test_a_file_outside_is_not_opened(folder, monkeypatch, name):
    outside = folder.parent
    np.save(outside / "W.npy", np.array(WEIGHTS))
    (folder / "link.npy").symlink_to(outside / "W.npy")
    (folder / "folder").symlink_to(outside)
    monkeypatch.setattr(os, "open", None)
    message = fault(folder, name.format(outside=outside))
    assert "is outside the folder of the problem file; put a copy of it into that folder" in message


def test_a_folder_that_is_reached_by_a_link_is_a_folder(folder):
    np.save(folder / "W.npy", np.array(WEIGHTS))
    linked = folder.parent / "linked"
    linked.symlink_to(folder)
    np.testing.assert_array_equal(read(linked), WEIGHTS)


@pytest.mark.parametrize("name", ["W", "W.npz", "W.txt", "p.yaml", ".npy", "..", "W.npy.gz"])
def test_another_kind_of_file(folder, name):
    assert f"'{name}' is no .npy or .csv file" in fault(folder, name)


def test_a_file_that_is_not_there(folder):
    assert "cannot read 'V.npy': no such file or directory" in fault(folder, "V.npy")
    assert "cannot read 'V.csv': no such file or directory" in fault(folder, "V.csv")
    assert "file name too long" in fault(folder, "V" * 300 + ".csv")


def test_what_is_no_ordinary_file_is_not_waited_for(folder):
    (folder / "W.csv").mkdir()
    assert "cannot read 'W.csv': is a directory" in fault(folder, "W.csv")
    os.mkfifo(folder / "V.csv")
    assert "'V.csv' is no ordinary file" in fault(folder, "V.csv")
    (folder / "loop.npy").symlink_to("loop.npy")
    assert "cannot read 'loop.npy': too many levels" in fault(folder, "loop.npy")


def test_a_file_that_may_not_be_read(folder, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", refuse)  # root may read everything
    assert "cannot read 'W.npy': permission denied" in fault(folder, "W.npy")


def test_a_file_without_an_end_is_not_read(folder):
    with (folder / "W.csv").open("wb") as stream:
        stream.truncate(2_000_000_000)  # no byte of it is on the disk
    assert "it takes 2,000,000,000 bytes" in fault(folder, "W.csv")
    (folder / "W.csv").rename(folder / "W.npy")
    assert "it is no NumPy file" in fault(folder, "W.npy")


@pytest.mark.parametrize(
    ("given", "message", "column"),
    [
        ("{}", "a mapping where a number is expected (in 'W')", 6),
        ("{fil: W.npy}", "a mapping where a number is expected (in 'W')", 6),
        ("{file: W.npy, shape: [2]}", "unknown key 'shape' (in 'W')", 20),
        ("{file: 3}", "'file' must be the name of a file", 13),
        ("{file: }", "'file' must be the name of a file", 12),
        ("{file: [W.npy]}", "'file' must be the name of a file", 13),
        ("[{file: W.npy}]", "a mapping where a number is expected (in 'W')", 7),
    ],
)
def test_a_mapping_that_names_no_file(folder, given, message, column):
    with pytest.raises(InputError) as caught:
        load_problem(problem(folder, given))
    assert (caught.value.message, caught.value.place.column) == (message, column)
    assert caught.value.hint


def test_a_problem_that_is_no_file_has_no_files(folder, monkeypatch):
    np.save(folder / "W.npy", np.array(WEIGHTS))
    monkeypatch.chdir(folder)
    told = "'W.npy' stands beside no problem file"
    with pytest.raises(InputError, match=told):
        read_problem(f"{NET}given: {{W: {{file: W.npy}}}}\n")
    with pytest.raises(InputError, match=told) as caught:
        sg.problem({"u": "W @ x", "L": "sum(u)"}, given={"W": {"file": "W.npy"}})
    assert caught.value.place.where == "given.W.file"
    text = problem(folder, "{file: W.npy}").read_text()
    result = CliRunner().invoke(main, ["build", "-", "--to", "md", "-o", "-"], input=text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


# --- in a whole problem ----------------------------------------------------------------------------------


WHOLE_NET = """\
forward: {u: W @ x, L: sum((u - y)**2)}
data: [x, y]
given: {W: %s, x: %s, y: [1, 0]}
update: {rate: 0.1, parameters: [W], steps: 2, each: [{x: %s}, {x: [1, 2, 3]}]}
"""


def both(folder):
    """The same problem with its numbers in files and in the text."""
    np.save(folder / "W.npy", np.array(WEIGHTS))
    (folder / "x.csv").write_text("0.1\n0.2\n0.3\n")
    paths = folder / "files.yaml", folder / "text.yaml"
    for path, numbers in zip(
        paths, (("{file: W.npy}", *["{file: x.csv}"] * 2), (WEIGHTS, *[[0.1, 0.2, 0.3]] * 2)), strict=True
    ):
        path.write_text(WHOLE_NET % numbers, encoding="utf-8")
    return paths


@pytest.mark.parametrize("kind", ["tex", "json", "md", "html"])
def test_a_report_is_the_same_as_with_the_numbers_in_the_text(folder, kind):
    contents = []
    for path in both(folder):
        result = CliRunner().invoke(main, ["build", str(path), "--to", kind, "-o", "-"])
        assert result.exit_code == 0, result.stderr
        contents.append(result.stdout)
    assert contents[0] == contents[1]


def test_generated_code_is_the_same_and_runs_by_itself(folder):
    files, text = (sg.solve(sg.load(path)) for path in both(folder))
    assert files.numpy().source == text.numpy().source
    assert ".npy" not in files.numpy().source
    np.testing.assert_array_equal(files.numpy()().gradients["W"], text.gradients["W"].value)


def test_submissions_are_checked_against_such_a_problem(folder):
    files, _ = both(folder)
    (folder / "work.md").write_text("$$u = W x$$\n\n$$\\frac{\\partial L}{\\partial u} = u - y$$\n")
    result = CliRunner().invoke(main, ["check", str(folder / "work.md"), "--problem", str(files)])
    assert result.exit_code == 1, result.stderr
    assert "factor" in result.stdout


def test_a_problem_tells_which_files_it_reads(folder):
    files, text = both(folder)
    real = folder.resolve()
    assert load_problem(files).files == (real / "W.npy", real / "x.csv")
    assert load_problem(text).files == ()
    assert sg.problem({"L": "w**2"}).files == ()


def test_the_limits_hold_for_numbers_from_files(folder):
    np.save(folder / "W.npy", np.zeros((1000, 1000)))
    path = problem(folder, "{file: W.npy}", NET + "shapes: {x: [1000]}\n")
    result = CliRunner().invoke(
        main, ["build", str(path), "--to", "json", "-o", str(folder), "--limit", "output=1kB"]
    )
    assert result.exit_code == 2
    assert "too large for 1kB of output" in result.stderr
    assert sorted(file.name for file in folder.iterdir()) == ["W.npy", "p.yaml"]


def test_large_files_are_quick_and_shown_in_part(folder):
    np.savetxt(folder / "W.csv", np.arange(160_000).reshape(400, 400) / 8, delimiter=",", fmt="%.3f")
    solution = solve(load_problem(problem(folder, "{file: W.csv}")))
    assert solution.problem.given["W"][399, 399] == 159_999 / 8
    assert "x" in solution.graph.leaves


@pytest.mark.skipif(sys.platform == "win32", reason="no sizes of processes here")
def test_numbers_of_a_file_that_are_too_many_for_the_memory(folder):
    for n in range(60):
        np.save(folder / f"W{n}.npy", np.ones((1000, 1000), dtype=np.int8))
    given = "".join(f"\n  W{n}: {{file: W{n}.npy}}" for n in range(60))
    path = folder / "p.yaml"
    path.write_text(f"forward: {{L: {' + '.join(f'sum(W{n})' for n in range(60))}}}\ngiven:{given}\n")
    result = CliRunner().invoke(main, ["build", str(path), "--to", "tex", "--limit", "60s"])
    assert result.exit_code == 2
    assert "too large for 350MB of memory" in result.stderr
