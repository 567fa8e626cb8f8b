"""What a page of HTML shows, for tests."""

import json
from html.parser import HTMLParser


class Page(HTMLParser):
    """The elements of a page, its text, and the data of its script."""

    def __init__(self, html):
        super().__init__()
        self.names, self.attributes, self.ids, self.text = [], [], [], ""
        self.scripts, self.open = [], None
        self.feed(html)
        self.data = json.loads(self.scripts[0])

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        self.open = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.open = None

    def handle_data(self, data):
        if self.open == "script":
            self.scripts[-1] += data
        elif self.open != "style":
            self.text += data
