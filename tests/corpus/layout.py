"""A sheet as it grows: lines of maths in a dialect's displays, each with the label that it shall get."""

from dataclasses import dataclass, field

PHRASES = ("We have", "So", "Hence", "This gives", "Next,", "It follows that", "Now", "For this step")
DISPLAYS = {"$$": ("$$", "$$"), r"\[": (r"\[", r"\]"), "$": ("$", "$."), "text": ("", "")}
TRUE = ("correct", "rounded")


@dataclass(eq=False)
class Line:
    """A line of a sheet: where it stands, what it may be found to be, and its slip or its root."""

    latex: str
    verdicts: tuple[str, ...]
    kind: str
    mistakes: frozenset[str] = frozenset()
    root: "Line | None" = None
    source: int = 0

    @property
    def true(self):
        """Whether the line must not be called wrong."""
        return "correct" in self.verdicts or self.verdicts == ("rounded",)


@dataclass
class Sheet:
    """A submission with labels."""

    course: object
    dialect_name: str
    dialect: object
    title: str
    text: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def prose(self, sentence):
        """A sentence without maths, or a heading."""
        self.text += [sentence, ""]

    def show(self, lines):
        """Lines of maths, displayed as the dialect has it."""
        if self.dialect.display == "align":
            self._aligned(lines)
            return
        if self.dialect.display == "quad":
            self._paired(lines)
            return
        before, after = DISPLAYS[self.dialect.display]
        for n, line in enumerate(lines):
            phrase = f"{PHRASES[(len(self.text) + n) % len(PHRASES)]} " if self.dialect.display == "$" else ""
            self._put(line, f"{phrase}{before}{line.latex}{after}")
            self.text.append("")

    def _aligned(self, lines):
        self.text.append(r"\begin{align}")
        for n, line in enumerate(lines):
            end = r" \\" if n < len(lines) - 1 else ""
            self._put(line, line.latex.replace(" = ", " &= ", 1) + end)
        self.text += [r"\end{align}", ""]

    def _paired(self, lines):
        for start in range(0, len(lines), 2):
            pair = lines[start : start + 2]
            for line in pair:
                line.source = len(self.text) + 1
            self.text += ["$$" + r", \qquad ".join(line.latex for line in pair) + "$$", ""]
            self.lines += pair

    def _put(self, line, text):
        self.text.append(text)
        line.source = len(self.text)
        self.lines.append(line)

    @property
    def source(self):
        """The whole text."""
        return "\n".join(self.text) + "\n"
