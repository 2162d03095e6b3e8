"""A real notebook, run by a real kernel: what its cells show."""

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")

CELLS = (
    "import symgrad as sg\n"
    "given = {'W': [[1, 2]], 'x': [3, 4]}\n"
    "solution = sg.solve(sg.problem({'u': 'W @ x', 'L': 'sum(tanh(u))'}, given=given))",
    "solution",
    "solution.gradients['W']",
    "solution.gradients['u'].matrix_form",
    "print(solution.numpy().source)",
    "solution.page()",
    "%load_ext symgrad",
    "%%symgrad line\nforward: {p: w * x, L: (p - y)**2}\ndata: [x, y]",
    "%%symgrad check line\n$\\partial L/\\partial p = 2(p - y)$",
    "%%symgrad broken\nforward: {L: sum(w}",
    "%%symgrad check lime\n$L = 1$",
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The outputs of every cell."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    folder = tmp_path_factory.mktemp("notebook")
    client = nbclient.NotebookClient(
        book, timeout=60, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    return [cell.outputs for cell in book.cells]


def test_a_solution_shows_its_worked_steps(shown):
    (output,) = shown[1]
    assert output["data"]["text/markdown"].startswith("# Worked solution")
    assert "$$\n\\begin{aligned}" in output["data"]["text/markdown"]
    assert output["data"]["text/plain"] == "<WorkedSolution: L by W, x>"


def test_a_gradient_shows_its_equation(shown):
    assert r"\frac{\partial L}{\partial W} = " in shown[2][0]["data"]["text/latex"]
    assert shown[3][0]["data"]["text/plain"] == "<1 - tanh(u)**2>"


def test_the_source_can_be_shown(shown):
    assert "dW = np.outer(du, x)" in shown[4][0]["text"]


def test_a_page_stands_in_a_frame(shown):
    frame = shown[5][0]["data"]["text/html"]
    assert frame.startswith("<iframe")
    assert "sandbox" in frame
    assert "&lt;!DOCTYPE html&gt;" in frame
    assert frame.count("<") == 2  # the page is text of an attribute


def test_a_cell_holds_a_problem_or_a_derivation(shown):
    assert shown[7][0]["data"]["text/plain"] == "<WorkedSolution: L by w>"
    assert "1 correct" in shown[8][0]["data"]["text/plain"]


def test_an_error_is_its_message(shown):
    (error,) = shown[9]
    (traceback,) = error["traceback"]
    assert traceback.startswith("InputError: cell:1:17: error: '(' is never closed\n  | forward: {L: sum(")
    assert traceback.count("^") == 1
    (error,) = shown[10]
    assert "did you mean 'line'?" in error["traceback"][0]
