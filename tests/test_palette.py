"""The colours can be read, light and dark, and told apart by eyes of every kind."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from helpers.builders import PROPERTY
from hypothesis import given, strategies as st

from msra_ner.palette import COLOURS, TINT, colour_text, format_css, pick_colours

# The background of the pages, which report and demo share.
PAPER = {"light": "#fdfdfc", "dark": "#14171b"}
# How eyes that lack one kind of cones see linear RGB: Machado, Oliveira and Fernandes (2009).
EYES = {
    "typical": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])


def read_linear(colour):
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(first, second):
    """Return the contrast of two colours as WCAG 2.2 defines it, 1 to 21."""
    dark, light = sorted(XYZ[1] @ read_linear(colour) for colour in (first, second))
    return (light + 0.05) / (dark + 0.05)


def mix(colour, paper):
    """Return the tint of a colour as the pages draw it."""
    sides = ([int(side[place : place + 2], 16) for place in (1, 3, 5)] for side in (colour, paper))
    parts = (round((TINT * a + (100 - TINT) * b) / 100) for a, b in zip(*sides, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def read_lab(colour, eyes):
    scaled = XYZ @ np.clip(eyes @ read_linear(colour), 0, 1) / [0.95047, 1, 1.08883]
    x, y, z = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("shade", PAPER)
@pytest.mark.parametrize("colour", COLOURS, ids=lambda colour: colour.light)
def test_a_colour_can_be_read_on_the_page_and_on_its_tint(colour, shade):
    text, paper = getattr(colour, shade), PAPER[shade]
    assert contrast(text, paper) >= 4.5
    assert contrast(text, mix(text, paper)) >= 4.5


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("shade", PAPER)
def test_people_organisations_and_places_are_apart_for_every_eye(shade, eyes):
    labs = [read_lab(getattr(colour, shade), np.array(EYES[eyes])) for colour in COLOURS]
    # 2.3 is a difference that one just sees (CIE 1976).
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(labs[:3], 2)) > 12
    if eyes == "typical":
        assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(labs, 2)) > 12


def terminal_rgb(number):
    """Return a colour of the cube of 6 by 6 by 6, or one of the greys behind it, of a terminal."""
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    steps = (0, 95, 135, 175, 215, 255)
    number -= 16
    return "#" + "".join(f"{steps[part % 6]:02x}" for part in (number // 36, number // 6, number))


@pytest.mark.parametrize("colour", COLOURS, ids=lambda colour: colour.light)
def test_a_terminal_of_either_shade_shows_the_colour(colour):
    shown = terminal_rgb(colour.terminal)
    assert min(contrast(shown, "#000000"), contrast(shown, "#ffffff")) >= 4
    assert str(colour.terminal) in colour_text("x", COLOURS.index(colour))


def test_a_known_type_has_its_colour_whatever_stands_beside_it():
    for types in (["LOC"], ["LOC", "PER"], ["ORG", "LOC", "book", "game"]):
        assert pick_colours(types)["LOC"] == 2
    assert pick_colours(["nr", "nt", "ns"]) == {"nr": 0, "nt": 1, "ns": 2}


@PROPERTY
@given(st.sets(st.text(), max_size=12))
def test_types_share_no_colour_while_there_are_enough(types):
    found = pick_colours(types)
    assert set(found) == types
    assert set(found.values()) <= set(range(len(COLOURS)))
    assert len(set(found.values())) == min(len(types), len(COLOURS))
    assert found == pick_colours(sorted(types, reverse=True))


def test_the_style_sheet_has_every_colour_light_and_dark():
    css = format_css(".here", dark=[".night"], light=[".day"])
    for index, colour in enumerate(COLOURS):
        assert css.count(f"--type{index}: {colour.light};") == 2
        assert css.count(f"--type{index}: {colour.dark};") == 2
        assert f".here .type{index} {{ --hue: var(--type{index}); }}" in css


def test_the_page_without_python_has_the_same_colours():
    page = Path(__file__).parents[1] / "examples" / "javascript" / "index.html"
    found = re.findall(r"--(PER|ORG|LOC): (#\w+);", page.read_text(encoding="utf-8"))
    names = pick_colours(["PER", "ORG", "LOC"])
    shades = [COLOURS[names[name]] for name in names]
    assert found == [
        *((name, colour.light) for name, colour in zip(names, shades, strict=True)),
        *((name, colour.dark) for name, colour in zip(names, shades, strict=True)),
    ]
