"""Changing what a store of the engine holds."""

import pytest

from kg import engine, engine_edits
from kg.errors import StoreError
from kg.terms import Quad

LINE = b'<urn:s> <urn:p> "o" <urn:g> .\n'


def test_pieces_are_loaded_whole_whatever_their_size():
    opened = engine.memory()
    lines = [b'<urn:s> <urn:p> "%d" <urn:g> .\n' % number for number in range(5000)]
    parts = [b"", b"".join(lines[:3]), b"", b"".join(lines[3:4000]), b"".join(lines[4000:])]
    engine_edits.load_lines(opened, parts)
    assert len(opened) == 5000


@pytest.mark.parametrize("error", [KeyboardInterrupt, InterruptedError, BlockingIOError, ValueError, OSError])
def test_what_fails_while_pieces_are_made_is_raised_and_nothing_taken_for_their_end(error):
    def pieces():
        yield LINE * 100
        raise error

    with pytest.raises(error):
        engine_edits.load_lines(engine.memory(), pieces())


def test_a_malformed_line_is_told():
    with pytest.raises(StoreError):
        engine_edits.load_lines(engine.memory(), [b"<urn:s> <urn:p> .\n"])


def test_quads_that_are_not_there_are_taken_out_without_harm():
    opened = engine.memory()
    quad = Quad("<urn:s>", "<urn:p>", '"o"', "<urn:g>")
    engine_edits.load(opened, [quad])
    engine_edits.remove(opened, [quad, quad._replace(object='"x"')])
    assert len(opened) == 0
