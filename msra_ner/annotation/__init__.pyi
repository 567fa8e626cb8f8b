from .marked_text import MarkedText as MarkedText, render as render
from .page import render_page as render_page
from .texts import read_texts as read_texts
