"""What the commands and characters of mathematical writing mean: tables, nothing else."""

from __future__ import annotations

from collections.abc import Mapping


def _words(*texts: str) -> frozenset[str]:
    return frozenset(" ".join(texts).split())


GREEK = _words(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi",
    "omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta",
    "Lambda Xi Pi Sigma Upsilon Phi Psi Omega",
)
LETTERS: Mapping[str, str] = {"ell": "ell", "hbar": "hbar", "infty": "infty", "imath": "i", "jmath": "j"}
"""Commands that are names, beside the Greek ones."""

ACCENTS: Mapping[str, str] = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar", "overline": "bar",
    "check": "check", "dot": "dot", "ddot": "ddot", "breve": "breve", "mathring": "ring", "acute": "acute",
    "grave": "grave",
}  # fmt: skip
COMBINING: Mapping[str, str] = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot", "\u030c": "check",
    "\u20d7": "", "\u0332": "",
}  # fmt: skip
"""Accents as characters behind their letter; an arrow says nothing."""

SPACES = frozenset((",", ";", ":", "!", " ", ">", "\n", "\t")) | _words(
    "space thinspace enspace medspace thickspace negthinspace allowbreak null",
)
"""Commands that are blank."""
BLANKED = _words(
    "hspace hspace* vspace phantom hphantom vphantom color textcolor label kern hskip mspace",
    "colorbox ref eqref cite hfill footnote index pageref includegraphics hypertarget",
)
"""Commands that are blank together with what stands in their braces."""
IGNORED = _words(
    "displaystyle textstyle scriptstyle limits nolimits nonumber notag hline centering nobreak",
    "mathstrut strut rm bf it sf cal vec overrightarrow mathbf boldsymbol bm pmb mathcal mathscr",
    "mathfrak mathit mathbb mathds mathbbm mathnormal mathsf mathrm mathtt symbf symbfit symit bold tt",
    "boxed fbox underline uline mathop mathord mathrel mathbin mathopen mathclose mathinner ensuremath",
    "small large Large normalsize noindent relax protect emph underbar smash",
    "mathclap mathrlap mathllap tiny scriptsize",
)
"""Commands of type and frame: what follows them is read as if they were not there."""
SWITCHES = _words("rm bf it sf cal tt")
"""Commands of type for the rest of the braces in which they stand."""
STRUCK = _words("cancel bcancel xcancel hcancel sout st strikeout")
TEXT = _words(
    "text textrm textbf textit textsf texttt textnormal textup mbox hbox operatorname operatorname*",
    "mathrm mathit mathsf mathtt mathbf mathbb mathds mathbbm boldsymbol bm vec intertext",
    "shortintertext",
)
"""Commands whose braces may hold a word."""
BOLD = _words("mathbb mathbf mathds mathbbm boldsymbol bm vec")
"""Type in which a 1 is the name of something: ones, or an indicator."""
UPRIGHT = _words("mathrm mathsf textsf textrm text rm operatorname operatorname*")
"""Type in which a raised T can only be a transpose."""

SYNONYMS: Mapping[str, str] = {"bigtriangledown": "nabla", "triangledown": "nabla"}
"""Commands that are drawn, or used, as another one is."""

RELATIONS: Mapping[str, str] = {
    "=": "=", "==": "=", "equiv": "=",
    ":=": ":=", "=:": ":=", "coloneqq": ":=", "coloneq": ":=", "triangleq": ":=",
    "approx": "≈", "simeq": "≈", "cong": "≈", "doteq": "≈", "approxeq": "≈", "~=": "≈",
    "leftarrow": "←", "gets": "←", "longleftarrow": "←", "<-": "←",
    "to": "→", "rightarrow": "→", "mapsto": "→", "longrightarrow": "→", "longmapsto": "→", "->": "→",
    "Rightarrow": "⇒", "implies": "⇒", "Longrightarrow": "⇒", "therefore": "⇒", "=>": "⇒",
    "Leftrightarrow": "⇒", "iff": "⇒", "Longleftrightarrow": "⇒",
    "ne": "≠", "neq": "≠", "!=": "≠", "<": "<", "lt": "<", "leq": "≤", "le": "≤", "leqslant": "≤", "<=": "≤",
    ">": ">", "gt": ">", "geq": "≥", "ge": "≥", "geqslant": "≥", ">=": "≥",
    "propto": "∝", "ll": "≪", "gg": "≫", "prec": "≺", "succ": "≻", "leftrightarrow": "↔",
}  # fmt: skip
UNJUDGED: Mapping[str, str] = {
    "∝": "“proportional to” claims nothing that could be checked",
    "≪": "“much less than” claims nothing that could be checked",
    "≫": "“much greater than” claims nothing that could be checked",
    "≺": "the relation ≺ is not known here",
    "≻": "the relation ≻ is not known here",
    "↔": "the relation ↔ is not known here",
}
COMPARISONS = frozenset("=≠<≤>≥")

INDICATORS = _words("1 I indicator Ind")
"""Names that a condition in brackets, or low, makes an indicator."""
BINOMIALS = _words("binom dbinom tbinom")
FRACTIONS = _words("frac dfrac tfrac nicefrac cfrac sfrac")

ACTIVATIONS = _words("f g h phi varphi sigma psi")
"""Letters for functions, of which an argument that slid down is still one."""

SIGNS: Mapping[str, str] = {
    "cdot": "dot", ".": "dot", "bullet": "dot", "cdotp": "dot", "centerdot": "dot", "times": "times",
    "*": "star", "ast": "star", "star": "star", "@": "at", "otimes": "otimes",
    "odot": "odot", "circ": "odot", "bigcirc": "odot", "bigodot": "odot", "oast": "odot",
    "circledast": "odot", ":": "colon", "colon": "colon", "oslash": "oslash",
}  # fmt: skip

FUNCTIONS = _words(
    "log ln lg exp sin cos tan cot sinh cosh tanh coth sech arctan arctg arcsin arccos max min maximum",
    "minimum argmax argmin inf sup det logdet tr Tr trace diag Diag rank inv outer vec concat flatten",
    "norm abs sqrt sign sgn step heaviside erf mean average avg var std Var Cov sum prod conv maxpool",
    "rot matmul sigmoid Sigmoid sigm logistic Logistic softmax Softmax SoftMax SoFtmax softplus logsumexp",
    "logsoftmax LogSoftmax relu ReLU Relu RELU LeakyReLU leakyReLU ELU elu GELU gelu SiLU silu swish",
    "Swish pick lookup onehot tril kron prodothers cumsum stop",
)
"""Names that a bracket behind them calls, certainly; and so does a factor without brackets."""
WORDS = FUNCTIONS | _words(
    "net Net out Out target output input loss Loss cost Cost error Error err total pred true new old in",
    "hid hidden label logit logits score scores train test data obs bias weight reg prev next act pre raw",
    "post emb pad lr Lin lin rate grad MSE BCE mse bce gt pos neg lam eps id const loglik nll NLL",
    "CE BCE RBF SSE RSS New Old neu alt nuevo nueva nuovo nuova nouveau nouvelle novo nova nowe nowy nowa",
)
"""Words that are one name when their letters stand side by side."""
PROSE = _words(
    "if for and or where with when otherwise else so hence then thus since because is are by that from",
    "we get also therefore as of the all any every each both but given let which this it implies",
    "whenever elsewhere wrt at on be has have using rule chain see iff unless an note here follows",
    "und oder wenn sonst falls mit für",
)
"""Words in the midst of maths that are not its names."""
SPOKEN = _words("if for when whenever where otherwise then with")
"""Those that nobody writes as a product of names: if i = j, without \\text."""
SHORT_PROSE = PROSE | _words("to no do go up us my he me am hi ok vs eq ex re")
"""Short words of plain text that are no product of names."""
OTHERWISE = _words("otherwise else elsewhere sonst")
MARKS = _words(
    "new old next neu alt updated nuevo nueva nuovo nuova nouveau nouvelle novo nova nowe nowy nowa true",
    "pred train test raw pre post",
)
"""Words that stand high and are no power."""

MATRICES = _words(
    "matrix bmatrix pmatrix Bmatrix vmatrix Vmatrix smallmatrix psmallmatrix bsmallmatrix array",
)
CASES = _words("cases dcases rcases drcases")
ALIGNED = _words(
    "equation align alignat gather multline eqnarray flalign math displaymath dmath split aligned",
    "alignedat gathered multlined subequations IEEEeqnarray empheq dgroup",
)
"""Environments that only place what is in them."""
OUTER = frozenset(("subequations",))
"""Those of them that hold displays and words."""

UNICODE: Mapping[str, str] = {
    "∂": "partial", "𝜕": "partial", "∇": "nabla", "∑": "sum", "∏": "prod", "√": "sqrt", "∞": "infty",
    "·": "cdot", "⋅": "cdot", "∙": "cdot", "•": "bullet", "×": "times", "∗": "ast", "⋆": "ast", "⊙": "odot",
    "∘": "odot", "○": "odot", "◦": "odot", "⊗": "otimes", "÷": "slash", "∕": "slash", "⁄": "slash",
    "≈": "approx", "≃": "approx", "≅": "approx", "≡": "equiv", "≔": "coloneqq", "≜": "triangleq",
    "←": "leftarrow", "→": "rightarrow", "↦": "mapsto", "⟶": "rightarrow", "⇐": "leftarrow",
    "⇒": "Rightarrow", "⟹": "Rightarrow", "⇔": "iff", "∴": "therefore", "≠": "neq", "≤": "leq", "⩽": "leq",
    "≥": "geq", "⩾": "geq", "∝": "propto", "∈": "in", "∼": "sim", "±": "pm", "…": "dots", "⋯": "dots",
    "⋮": "dots", "⋱": "dots", "∀": "forall", "‖": "|", "∥": "|", "⟨": "langle", "⟩": "rangle", "⊤": "top",
    "†": "dagger", "ℓ": "ell", "ϵ": "epsilon", "ϕ": "phi", "ϑ": "vartheta", "ς": "varsigma", "∆": "Delta",
    "Ω": "Omega", "µ": "mu",
}  # fmt: skip
"""Characters that are commands."""
RAISED: Mapping[str, str] = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀⁿⁱᵗᵏˡʲᵐˣ", "0123456789+-=()Tnitkljmx", strict=True))
LOWERED: Mapping[str, str] = dict(
    zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", "0123456789+-=()aeoxhklmnpstijruv", strict=True)
)

DOTS = _words("dots ldots cdots vdots ddots dotsc dotsb dotsm dotso hdots")
_DOTS = "dots leave something out, which cannot be checked"
HINTS: Mapping[str, str] = {
    **dict.fromkeys(DOTS, _DOTS),
    "pm": "± stands for two values",
    "mp": "∓ stands for two values",
    "int": "integrals are not read",
    "lim": "limits are not read",
    **dict.fromkeys(("pmod", "bmod", "mod"), "remainders are not read"),
    "choose": "binomial coefficients are not read",
    "in": "membership in a set is not read",
    "sim": "‘distributed as’ is not read",
    "input": "other files are not read",
    "include": "other files are not read",
}
