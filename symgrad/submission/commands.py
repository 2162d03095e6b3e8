"""What the commands and characters of mathematical writing mean: tables, nothing else."""

from __future__ import annotations

from collections.abc import Mapping

GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi omicron pi"
    " varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega"
    " Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
LETTERS: Mapping[str, str] = {"ell": "ell", "hbar": "hbar", "infty": "infty", "imath": "i", "jmath": "j"}
"""Commands that are names, beside the Greek ones."""

ACCENTS: Mapping[str, str] = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar", "overline": "bar",
    "check": "check", "dot": "dot",
}  # fmt: skip
COMBINING: Mapping[str, str] = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot", "\u030c": "check",
    "\u20d7": "", "\u0332": "",
}  # fmt: skip
"""Accents as characters behind their letter; an arrow says nothing."""

SPACES = frozenset((",", ";", ":", "!", " ", ">", "\n", "thinspace", "enspace", "medspace", "thickspace", "negthinspace", "allowbreak"))
"""Commands that are blank."""
BLANKED = frozenset(("hspace", "vspace", "phantom", "hphantom", "vphantom", "color", "label", "kern", "hskip", "mspace", "smash"))
"""Commands that are blank together with what stands in their braces."""
IGNORED = frozenset(
    "displaystyle textstyle scriptstyle limits nolimits nonumber notag hline centering nobreak mathstrut strut"
    " left. right. rm bf it sf cal vec mathbf boldsymbol bm pmb mathcal mathscr mathfrak mathit mathbb mathds"
    " mathnormal overrightarrow overset* boxed fbox underline uline mathop mathord mathrel mathbin mathopen"
    " mathclose ensuremath textcolor* small large Large normalsize noindent protect relax bold tt qedhere"
    " downarrow uparrow mathsf mathrm mathtt symbf symbfit symit unboldmath emph".split()
)
"""Commands of type and layout: what follows them is read as if they were not there."""
STRUCK = frozenset(("cancel", "bcancel", "xcancel", "sout", "st", "strikeout", "hcancel"))
TEXT = frozenset(
    "text textrm textbf textit textsf texttt textnormal textup mbox hbox operatorname operatorname* mathrm"
    " mathit mathsf mathtt mathbf mathbb boldsymbol intertext shortintertext textcolor-".split()
)
"""Commands whose braces hold a word."""
BOLD = frozenset(("mathbb", "mathbf", "mathds", "mathbbm", "boldsymbol", "bm", "vec", "hat"))
UPRIGHT = frozenset(("mathrm", "mathsf", "textsf", "textrm", "text", "rm", "operatorname"))
"""Type in which a raised T can only be a transpose."""

RELATIONS: Mapping[str, str] = {
    "=": "=", "equiv": "=", "==": "=", ":=": ":=", "=:": ":=", "coloneqq": ":=", "triangleq": ":=", "coloneq": ":=",
    "approx": "≈", "simeq": "≈", "cong": "≈", "doteq": "≈", "approxeq": "≈",
    "leftarrow": "←", "gets": "←", "longleftarrow": "←", "<-": "←",
    "to": "→", "rightarrow": "→", "mapsto": "→", "longrightarrow": "→", "longmapsto": "→", "->": "→",
    "Rightarrow": "⇒", "implies": "⇒", "Longrightarrow": "⇒", "therefore": "⇒", "Leftrightarrow": "⇒", "iff": "⇒",
    "Longleftrightarrow": "⇒", "=>": "⇒",
    "ne": "≠", "neq": "≠", "!=": "≠", "<": "<", "lt": "<", "leq": "≤", "le": "≤", "leqslant": "≤", "<=": "≤",
    ">": ">", "gt": ">", "geq": "≥", "ge": "≥", "geqslant": "≥", ">=": "≥",
    "propto": "∝", "ll": "≪", "gg": "≫", "prec": "≺", "succ": "≻", "leftrightarrow": "↔",
}  # fmt: skip
UNJUDGED: Mapping[str, str] = {
    "∝": "“proportional to” says nothing that could be checked",
    "≪": "“much less” says nothing that could be checked",
    "≫": "“much greater” says nothing that could be checked",
    "≺": "this relation is not known here",
    "≻": "this relation is not known here",
    "↔": "this relation is not known here",
}
COMPARISONS = frozenset("=≠<≤>≥")

SIGNS: Mapping[str, str] = {
    "cdot": "dot", "times": "times", "*": "star", "ast": "star", "star": "star", "odot": "odot", "circ": "odot",
    "bullet": "dot", "otimes": "otimes", "@": "at", "cdotp": "dot", "bigcirc": "odot", "bigodot": "odot",
    "oast": "odot", "circledast": "odot", "centerdot": "dot",
}  # fmt: skip

FUNCTIONS = frozenset(
    "log ln lg exp sin cos tan cot sinh cosh tanh coth arctan arcsin arccos max min det tr Tr trace diag rank"
    " sigmoid softmax relu ReLU logsumexp sign sgn erf softplus prod sqrt abs norm mean var std vec concat"
    " Softmax SoftMax Sigmoid sigm tanh logistic LeakyReLU leakyReLU ELU elu GELU gelu SiLU silu swish Swish Relu RELU"
    " SoFtmax logsoftmax LogSoftmax logdet inv outer conv flatten maxpool Diag rot step Var Cov inf sup argmax argmin"
    " sum maximum minimum avg average matmul heaviside sech".split()
)
"""Names that a bracket behind them calls; those of one argument take one without brackets, too."""
WORDS = FUNCTIONS | frozenset(
    "net out target output input loss Loss cost Cost error Error err total pred true new old in hid hidden label"
    " logit logits score scores train test data obs bias weight reg prev next act pre post emb pad lr Lin lin rate"
    " grad Net Out MSE BCE mse bce err gt pos neg lam eps id const loglik NLL nll total".split()
)
"""Words that are one name when their letters stand side by side."""
PROSE = frozenset(
    "if for and or where with when otherwise else so hence then thus since because is are by that from we get"
    " also therefore as of the otherwise. all any every each both but given let which this it implies whenever"
    " elsewhere w.r.t. wrt at on be has have using rule chain see iff unless a an note here follows und oder wenn"
    " sonst falls mit für also".split()
)
"""Words in the midst of maths that are not its names."""
OTHERWISE = frozenset(("otherwise", "else", "elsewhere", "sonst", "otherwise."))
MARKS = frozenset(("new", "old", "next", "neu", "alt", "prime", "updated", "true", "pred", "train", "test"))
"""Words that stand high and are no power."""

MATRICES = frozenset("matrix bmatrix pmatrix Bmatrix vmatrix Vmatrix smallmatrix array psmallmatrix bsmallmatrix".split())
CASES = frozenset(("cases", "dcases", "rcases", "drcases"))
ALIGNED = frozenset(
    "equation align aligned alignat alignedat gather gathered split multline eqnarray flalign multlined math"
    " displaymath dmath dgroup subequations".split()
)
"""Environments that only place what is in them."""

UNICODE: Mapping[str, str] = {
    "∂": "partial", "𝜕": "partial", "∇": "nabla", "∑": "sum", "∏": "prod", "√": "sqrt", "∞": "infty",
    "·": "cdot", "⋅": "cdot", "∙": "cdot", "•": "bullet", "×": "times", "∗": "ast", "⋆": "ast", "⊙": "odot",
    "∘": "odot", "○": "odot", "◦": "odot", "⊗": "otimes", "÷": "slash", "∕": "slash", "⁄": "slash",
    "≈": "approx", "≃": "approx", "≅": "approx", "≡": "equiv", "≔": "coloneqq", "≜": "triangleq", "←": "leftarrow",
    "→": "rightarrow", "↦": "mapsto", "⇒": "Rightarrow", "⟹": "Rightarrow", "⟶": "rightarrow", "⇔": "iff", "∴": "therefore",
    "≠": "neq", "≤": "leq", "⩽": "leq", "≥": "geq", "⩾": "geq", "∝": "propto", "∈": "in", "∼": "sim", "±": "pm",
    "…": "dots", "⋯": "dots", "⋮": "dots", "⋱": "dots", "‖": "|", "∥": "|", "⟨": "langle", "⟩": "rangle", "⊤": "top",
    "ℓ": "ell", "†": "dagger", "∀": "forall", "ϵ": "epsilon", "ϕ": "phi", "φ": "phi", "ε": "epsilon",
    "ϑ": "vartheta", "ς": "varsigma", "∆": "Delta", "Ω": "Omega", "µ": "mu",
}  # fmt: skip
"""Characters that are commands."""
RAISED: Mapping[str, str] = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀⁿⁱᵗᵏˡʲᵐˣ", "0123456789+-=()Tnitkljmx", strict=True))
LOWERED: Mapping[str, str] = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", "0123456789+-=()aeoxhklmnpstijruv", strict=True))

HINTS: Mapping[str, str] = {
    "dots": "dots leave something out, which cannot be checked",
    "ldots": "dots leave something out, which cannot be checked",
    "cdots": "dots leave something out, which cannot be checked",
    "vdots": "dots leave something out, which cannot be checked",
    "ddots": "dots leave something out, which cannot be checked",
    "pm": "± stands for two values",
    "mp": "∓ stands for two values",
    "int": "integrals are not read",
    "lim": "limits are not read",
    "input": "files are not included",
    "include": "files are not included",
}
