"""What the tests of pages need: a page read by Python's own parser, as a tree with everything it says."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}


@dataclass
class Element:
    name: str
    attributes: dict
    children: list = field(default_factory=list)

    def all(self, name=None):
        """This element and those in it, in order; of one name where it is given."""
        if name in (None, self.name):
            yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.all(name)

    def text(self):
        """All text in it."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


class Reader(HTMLParser):
    """Refuses what a browser would have to mend: an end without its beginning, a repeated attribute."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs), f"an attribute twice in <{tag}>"
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        inside = {element.name for element in self.open}
        assert inside & {"svg", "math"}, f"<{tag}/> closes itself in XML only"
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop().name == tag, f"</{tag}> ends something else"

    def handle_data(self, data):
        self.open[-1].children.append(data)


def read(page):
    """The tree of a page."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root], f"<{reader.open[-1].name}> has no end"
    return reader.root
