"""Ways of writing that courses, books and web pages have: each a handful of choices."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """How one author writes."""

    gradient: str = "frac"
    transpose: str = "^T"
    hadamard: str = r" \odot "
    product: str = " "
    scalar: str = " "
    vector: str = ""
    matrix: str = ""
    array: str = "bmatrix"
    exp: str = "e"
    log: str = r"\log"
    fraction: str = "frac"
    half: str = r"\frac{1}{2}"
    word: str = r"\text"
    display: str = "$$"
    square: str = "power"
    norms: bool = False
    trusting: bool = False


DIALECTS = {
    "plain": Dialect(),
    "vectors": Dialect(vector=r"\vec", norms=True, array="pmatrix"),
    "bold": Dialect(vector=r"\mathbf", matrix=r"\mathbf", transpose=r"^\top", word=r"\mathrm", display=r"\["),
    "book": Dialect(
        vector=r"\boldsymbol",
        matrix=r"\boldsymbol",
        transpose=r"^{\top}",
        gradient="nabla",
        word=r"\operatorname",
        display="align",
        exp=r"\exp",
        norms=True,
    ),
    "sans": Dialect(
        transpose=r"^{\mathsf{T}}", gradient="dfrac", hadamard=r" \circ ", log=r"\ln", half="0.5"
    ),
    "operator": Dialect(
        gradient="operator", fraction="dfrac", array="pmatrix", product=r"\,", display="align"
    ),
    "bars": Dialect(
        gradient="bar", transpose=r"^\top", square="product", exp=r"\exp", display=r"\[", trusting=True
    ),
    "code": Dialect(gradient="code", scalar=" * ", product=r" \cdot ", transpose="^{T}", display="$"),
    "straight": Dialect(gradient="straight", product=r" \cdot ", scalar=r" \cdot ", log=r"\ln", display="$"),
    "deltas": Dialect(
        gradient="delta", hadamard=r" \odot ", half=r"\tfrac{1}{2}", scalar=r" \, ", trusting=True
    ),
    "slashes": Dialect(fraction="/", gradient="slash", scalar=r" \cdot ", half="1/2", display=r"\["),
    "pairs": Dialect(display="quad", transpose=r"^\top", scalar=r" \cdot ", array="pmatrix", norms=True),
    "unicode": Dialect(gradient="slash", fraction="/", display="text", half="1/2", scalar=" · "),
}
