"""Decoders against the list of all sequences of labels."""

from itertools import pairwise, product

import numpy as np
import pytest
from helpers.builders import PROPERTY
from hypothesis import given, strategies as st

from msra_ner.decoding import DECODERS, make_decoder
from msra_ner.errors import ArgumentsError
from msra_ner.labels import Entity, decode_entities, encode_entities

LABELS = [
    ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"],
    ["I-LOC", "B-PER", "O", "B-LOC", "I-PER"],
    ["O", "B-X"],
    ["B-X", "I-X"],
    ["O", "I-X", "B-Y", "I-Y"],  # no entity of X can start
]
# Name and scheme; what has no transitions has no other scheme.
KINDS = [("viterbi", "iob2"), ("crf", "iob2"), ("crf", "bioes")]


def list_chain_labels(labels, scheme):
    """Return the labels of a chain; saved models have their weights in this order."""
    more = [
        f"{mark}-{label[2:]}" for old, mark in ("IE", "BS") for label in labels if label[0] == old
    ]
    return [*labels, *(more if scheme == "bioes" else [])]


def draw(seed, labels, count=12, longest=6, scale=2.0, scheme="iob2"):
    """Return logits of sentences of several lengths."""
    random, width = np.random.default_rng(seed), len(list_chain_labels(labels, scheme))
    lengths = random.integers(1, longest + 1, count)
    return [random.normal(0, scale, (n, width)).astype(np.float32) for n in lengths]


def is_legal(labels, path):
    """Return whether tags are what their entities encode to: nothing stray."""
    tags = [labels[label] for label in path]
    return encode_entities(decode_entities(tags), len(tags)) == tags


def draw_transitions(decoder, labels, scheme="iob2"):
    """Return transitions for the decoder that has some."""
    if decoder == "viterbi":
        return None
    width = len(list_chain_labels(labels, scheme))
    return np.random.default_rng(5).normal(0, 1.5, (width, width))


def make(labels, name, scheme):
    """Return a decoder with transitions drawn for it."""
    return make_decoder(name, labels, draw_transitions(name, labels, scheme), scheme)


def write_in_scheme(labels, path, scheme):
    """Return a path as ids of the chain's labels, entity by entity."""
    names = list_chain_labels(labels, scheme)
    tags = [labels[label] for label in path]
    for entity in decode_entities(tags) if scheme == "bioes" else ():
        single = entity.end == entity.start + 1
        tags[entity.end - 1] = f"{'S' if single else 'E'}-{entity.type}"
    return [names.index(tag) for tag in tags]


def weigh_legal_paths(labels, logits, transitions, scheme):
    """Return all legal paths of a sentence and the probability of each among them."""
    wide = logits.astype(np.float64)
    paths = [
        path for path in product(range(len(labels)), repeat=len(logits)) if is_legal(labels, path)
    ]
    written = [write_in_scheme(labels, path, scheme) for path in paths]
    sums = [wide[np.arange(len(path)), path].sum() for path in written]
    if transitions is not None:
        between = [sum(transitions[pair] for pair in pairwise(path)) for path in written]
        sums = np.add(sums, between)
    weights = np.exp(sums)
    return paths, weights / weights.sum()


@pytest.mark.parametrize("labels", LABELS, ids="|".join)
@pytest.mark.parametrize(("name", "scheme"), KINDS)
def test_what_is_found_is_the_best_of_all_legal_paths(name, scheme, labels):
    sentences = draw(1, labels, scheme=scheme)
    transitions = draw_transitions(name, labels, scheme)
    found_paths = make(labels, name, scheme).find_labels(sentences)
    for logits, found in zip(sentences, found_paths, strict=True):
        paths, weights = weigh_legal_paths(labels, logits, transitions, scheme)
        assert tuple(found.tolist()) == paths[int(weights.argmax())]


@pytest.mark.parametrize("labels", LABELS, ids="|".join)
@pytest.mark.parametrize(("name", "scheme"), KINDS)
def test_the_probability_of_an_entity_is_its_share_of_all_legal_paths(name, scheme, labels):
    sentences = draw(2, labels, longest=5, scheme=scheme)
    transitions = draw_transitions(name, labels, scheme)
    weighed = [weigh_legal_paths(labels, logits, transitions, scheme) for logits in sentences]
    entities = [
        sorted({item for path in paths for item in decode_entities([labels[x] for x in path])})
        for paths, _ in weighed
    ]
    found = make(labels, name, scheme).find_probabilities(sentences, entities)
    for (paths, weights), row, probabilities in zip(weighed, entities, found, strict=True):
        has = [set(decode_entities([labels[x] for x in path])) for path in paths]
        expected = [
            sum(weight for weight, held in zip(weights, has, strict=True) if item in held)
            for item in row
        ]
        assert probabilities == pytest.approx(expected)


@pytest.mark.parametrize(("name", "scheme"), KINDS)
def test_a_sentence_does_not_depend_on_those_beside_it(name, scheme):
    labels = LABELS[0]
    sentences = draw(3, labels, count=40, longest=90, scale=0.5, scheme=scheme)
    decoder = make(labels, name, scheme)
    together = decoder.find_labels(sentences)
    for logits, found in zip(sentences, together, strict=True):
        assert (decoder.find_labels([logits])[0] == found).all()
        assert is_legal(labels, found)
    entities = [decode_entities([labels[x] for x in path]) for path in together]
    scores = decoder.find_probabilities(sentences, entities)
    for logits, row, found in zip(sentences, entities, scores, strict=True):
        assert decoder.find_probabilities([logits], [row])[0] == pytest.approx(found)
        assert all(0 < score <= 1 for score in found)


def test_argmax_takes_each_token_by_itself():
    labels = LABELS[0]
    logits = np.log([[0.6, 0.1, 0.1, 0.1, 0.1], [0.1, 0.2, 0.5, 0.1, 0.1]]).astype(np.float32)
    decoder = make_decoder("argmax", labels)
    assert decoder.find_labels([logits])[0].tolist() == [0, 2], "a stray I- stays"
    entity = decode_entities(["O", "B-PER"])
    assert decoder.find_probabilities([logits], [entity])[0] == pytest.approx([0.2])
    entity = decode_entities(["B-PER", "O"])
    assert decoder.find_probabilities([logits], [entity])[0] == pytest.approx([0.1 * 0.5])


@pytest.mark.parametrize("name", DECODERS)
def test_an_empty_text_has_no_labels(name):
    decoder = make_decoder(name, LABELS[0], np.zeros((5, 5)) if name == "crf" else None)
    empty = np.zeros((0, 5), np.float32)
    assert decoder.find_labels([empty])[0].tolist() == []
    assert decoder.find_probabilities([empty], [[]]) == [[]]
    assert decoder.find_labels([]) == []


def test_transitions_of_nothing_are_viterbi():
    labels = LABELS[0]
    sentences = draw(6, labels, count=30, longest=50, scale=0.5)
    plain, weighted = make_decoder("viterbi", labels), make_decoder("crf", labels, np.zeros((5, 5)))
    for one, other in zip(*(x.find_labels(sentences) for x in (plain, weighted)), strict=True):
        assert (one == other).all()


def test_a_decoder_that_does_not_go_with_the_model_is_refused():
    with pytest.raises(ArgumentsError, match="without transitions"):
        make_decoder("crf", LABELS[0])
    for name in ("argmax", "viterbi"):
        with pytest.raises(ArgumentsError, match="expected crf"):
            make_decoder(name, LABELS[0], np.zeros((5, 5)))
    for wrong in (np.zeros((4, 4)), np.full((5, 5), np.nan)):
        with pytest.raises(ValueError, match="transitions of shape"):
            make_decoder("crf", LABELS[0], wrong)


def test_an_unknown_decoder_is_refused():
    with pytest.raises(ArgumentsError, match="decoder: found 'beam', expected one of viterbi, arg"):
        make_decoder("beam", LABELS[0])


@PROPERTY
@given(
    st.sampled_from(KINDS),
    st.sampled_from(LABELS),
    st.lists(st.integers(0, 7), min_size=1, max_size=4),
    st.integers(0, 2**32 - 1),
    st.sampled_from([1e-6, 1.0, 50.0, 1e4]),
)
def test_whatever_the_logits_paths_are_legal_and_probabilities_are_some(
    kind, labels, lengths, seed, scale
):
    name, scheme = kind
    width = len(list_chain_labels(labels, scheme))
    random = np.random.default_rng(seed)
    transitions = random.normal(0, scale, (width, width)) if name == "crf" else None
    logits = [random.normal(0, scale, (n, width)).astype(np.float32) for n in lengths]
    decoder = make_decoder(name, labels, transitions, scheme)
    paths = decoder.find_labels(logits)
    assert [len(path) for path in paths] == lengths
    assert all(is_legal(labels, path) for path in paths)
    entities = [decode_entities([labels[label] for label in path]) for path in paths]
    for row, found in zip(entities, decoder.find_probabilities(logits, entities), strict=True):
        assert len(found) == len(row)
        assert all(0 <= probability <= 1 + 1e-6 for probability in found)


@pytest.mark.parametrize("name", ["viterbi", "argmax"])
def test_the_probabilities_of_labels_add_up_and_begin_what_entities_begin(name):
    labels = ["O", "B-X", "I-X"]
    logits = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    decoder = make_decoder(name, labels)
    first, none = decoder.find_label_probabilities([logits, logits[:0]])
    assert none.shape == (0, 3)
    assert np.allclose(first.sum(axis=1), 1)
    # The share of B is that of all entities that begin there, whatever their end.
    entities = [Entity(2, end, "X") for end in (3, 4, 5)]
    (shares,) = decoder.find_probabilities([logits], [entities])
    assert np.isclose(first[2, 1], sum(shares))
