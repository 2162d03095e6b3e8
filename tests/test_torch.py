"""PyTorch models as problems: gradients against PyTorch's own. Skipped without PyTorch.

python -m pip install torch && pytest tests/test_torch.py
"""

import numpy as np
import pytest

import symgrad as sg

torch = pytest.importorskip("torch")
nn = torch.nn

ACTIVATIONS = (
    nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.GELU(), nn.SiLU(), nn.LeakyReLU(0.2), nn.ELU(), nn.Softplus(),
    nn.Softmax(dim=1), nn.LogSoftmax(dim=-1),
)  # fmt: skip


class Residual(nn.Module):
    """Functions, operators, a parameter of its own and a layer used twice."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.norm = nn.LayerNorm(3)
        self.scale = nn.Parameter(torch.tensor([0.5, -1.0, 2.0]))
        self.mix = nn.Parameter(torch.randn(3, 2))

    def forward(self, x):
        h = torch.relu(self.first(x)) * self.scale + x
        h = self.norm(self.first(h)) / 2 - torch.exp(-h.tanh())
        return nn.functional.softmax(h, dim=1) @ self.mix


class Branching(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


def torch_gradients(model, x, loss, target):
    model = model.double()
    model.zero_grad()
    loss(model(x.double()), target).backward()
    return [parameter.grad.numpy() for parameter in model.parameters()]


def assert_same_gradients(model, x, loss, target):
    """Every gradient of PyTorch's is one of the solution's, to 1e-10, parameter by parameter."""
    problem = sg.from_torch(model, x, loss, target)
    solution = sg.solve(problem)
    expected = torch_gradients(model, x, loss, target)
    named = {}
    for parameter, gradient in zip(model.parameters(), expected, strict=True):
        array = parameter.detach().numpy().squeeze()
        (name,) = (
            n
            for n, given in problem.given.items()
            if n not in problem.data
            and given.squeeze().shape == array.shape
            and np.array_equal(given.squeeze(), array)
        )
        named[name] = gradient
    assert named.keys() == problem.given.keys() - set(problem.data)
    for name, gradient in named.items():
        found = solution.gradients[name].value
        np.testing.assert_allclose(found, gradient.reshape(found.shape), rtol=1e-10, atol=1e-10)
    with torch.no_grad():
        assert solution.value("L") == pytest.approx(loss(model(x.double()), target).item(), abs=1e-10)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(3)


def randomised(model):
    """No two parameters alike: a fresh LayerNorm is all ones and zeros."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter))
    return model


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda layer: type(layer).__name__)
def test_two_layers_with_cross_entropy(activation):
    model = randomised(nn.Sequential(nn.Linear(3, 4), activation, nn.Linear(4, 3, bias=False)))
    assert_same_gradients(model, torch.randn(5, 3), nn.CrossEntropyLoss(), torch.tensor([0, 2, 1, 1, 0]))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("shape", [(3,), (1, 3), (4, 3)])
def test_squares(reduction, shape):
    model = randomised(nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.LayerNorm(2)))
    target = torch.randn(*shape[:-1], 2, dtype=torch.float64)
    assert_same_gradients(model, torch.randn(shape), nn.MSELoss(reduction=reduction), target)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_probabilities_as_target(reduction):
    model = randomised(nn.Sequential(nn.Linear(3, 4)))
    target = torch.rand(5, 4, dtype=torch.float64)
    assert_same_gradients(model, torch.randn(5, 3), nn.CrossEntropyLoss(reduction=reduction), target)


@pytest.mark.parametrize("options", [{}, {"stride": 2}, {"padding": 1}, {"bias": False}])
def test_one_image(options):
    convolution = nn.Conv2d(1, 1, (2, 3), **options)
    x = torch.randn(1, 1, 6, 7)
    size = convolution(x).numel()
    model = randomised(nn.Sequential(convolution, nn.ReLU(), nn.Flatten(), nn.Linear(size, 3)))
    assert_same_gradients(model, x, nn.CrossEntropyLoss(), torch.tensor([1]))


def test_a_traced_forward():
    assert_same_gradients(randomised(Residual()), torch.randn(4, 3), nn.MSELoss(), torch.randn(4, 2).double())


def test_a_layer_alone():
    assert_same_gradients(randomised(nn.Linear(3, 2)), torch.randn(3), nn.MSELoss(), torch.randn(2).double())


def test_names_and_formulas():
    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Dropout(), nn.Identity()).eval()
    problem = sg.from_torch(model, torch.ones(3), nn.MSELoss(), title="A model")
    texts = [(name, parsed.text) for name, parsed in problem.forward]
    assert texts == [("z1", "W1 @ x + b1"), ("h1", "tanh(z1)"), ("L", "mean((h1 - y)**2)")]
    assert problem.title == "A model"
    assert problem.data == ("x", "y")
    assert problem.shapes == {"y": (2,)}


def test_the_model_is_left_as_it_was():
    model = nn.Sequential(nn.Linear(3, 2))
    sg.from_torch(model, torch.ones(3), nn.MSELoss())
    assert model[0].weight.dtype == torch.float32


IMAGE = torch.ones(1, 1, 4, 4)


@pytest.mark.parametrize(
    ("model", "x", "message"),
    [
        (nn.Conv2d(2, 1, 2), torch.ones(1, 2, 4, 4), "input of the shape"),
        (nn.Conv2d(1, 3, 2), IMAGE, "more than one channel"),
        (nn.Conv2d(1, 1, 2, dilation=2), IMAGE, "dilation"),
        (nn.Conv2d(1, 1, 2, stride=(1, 2)), IMAGE, "unequal stride"),
        (nn.Conv2d(1, 1, 3, padding="same"), IMAGE, "unequal stride or padding"),
        (nn.GELU(approximate="tanh"), torch.ones(3), "approximate='tanh'"),
        (nn.ELU(alpha=2), torch.ones(3), "ELU with alpha"),
        (nn.Sequential(nn.Dropout()), torch.ones(3), "Dropout in training mode"),
        (nn.BatchNorm1d(3), torch.ones(2, 3), "BatchNorm1d"),
        (nn.Sequential(nn.Linear(3, 2), nn.MaxPool1d(2)), torch.ones(2, 3), "MaxPool1d"),
        (nn.LSTM(3, 2), torch.ones(3, 3), "LSTM"),
        (Branching(), torch.ones(3), "cannot be traced"),
        (nn.Linear(3, 2), torch.ones(2, 2, 3), "input of the shape"),
    ],
)
def test_what_no_formula_states_is_refused_with_the_reason(model, x, message):
    with pytest.raises(sg.NotSupported, match=message):
        sg.from_torch(model, x, nn.MSELoss())


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (nn.L1Loss(), "the loss L1Loss"),
        (nn.CrossEntropyLoss(label_smoothing=0.1), "label smoothing"),
        (nn.CrossEntropyLoss(weight=torch.ones(2)), "weights"),
        (nn.MSELoss(reduction="none"), "reduction='none'"),
    ],
)
def test_losses_that_are_refused(loss, message):
    with pytest.raises(sg.NotSupported, match=message):
        sg.from_torch(nn.Linear(3, 2), torch.ones(3), loss)


@pytest.mark.parametrize("target", [torch.tensor([0, 1, 5]), torch.tensor([0]), torch.ones(3, 4)])
def test_targets_that_do_not_fit(target):
    with pytest.raises(sg.InputError, match=r"target|class numbers"):
        sg.from_torch(nn.Linear(3, 2), torch.ones(3, 3), nn.CrossEntropyLoss(), target)
