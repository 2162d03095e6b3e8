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
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The outputs of every cell."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    folder = tmp_path_factory.mktemp("notebook")
    client = nbclient.NotebookClient(book, timeout=60, resources={"metadata": {"path": str(folder)}})
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
