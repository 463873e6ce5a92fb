from __future__ import annotations

import gzip
import io
import json
import struct
from dataclasses import asdict

import brotli
import pytest

from kg import engine, engine_edits, frames
from kg.frames import PIECE, SHORT, Tag
from kg.streams import Question
from kg.terms import Quad

LONG = Question(text="SELECT ?o { ?s ?p ?o }", rows="csv")


class Pipe(io.BytesIO):
    """Remembers how often it was flushed."""

    flushes = 0

    def flush(self):
        self.flushes += 1


@pytest.fixture(scope="module")
def store():
    opened = engine.memory()
    engine_edits.load(opened, (Quad(f"<urn:s{n}>", "<urn:p>", f'"{n:0100}"', "<urn:g>") for n in range(3000)))
    return opened


def answered(store, question, *, limit=1 << 30, encoding="", services=()):
    pipe = Pipe()
    asked = {"stream": asdict(question), "bytes": limit, "encoding": encoding, "services": services}
    frames.answer(store, asked, pipe)
    return pipe, list(parts(pipe.getvalue()))


def parts(sent):
    while sent:
        length, tag = struct.unpack_from(">QB", sent)
        yield Tag(tag), sent[9 : 8 + length]
        sent = sent[8 + length :]


def body(found):
    return b"".join(frame for tag, frame in found if tag is Tag.DATA)


def test_a_short_answer_goes_in_one_write(store):
    pipe, found = answered(store, Question(text="ASK {}"), encoding="gzip")
    assert [tag for tag, _ in found] == [Tag.HEAD, Tag.DATA, Tag.END]
    assert json.loads(found[0][1]) == {"kind": "boolean", "form": "json", "encoding": ""}
    assert int(found[-1][1]) > 0
    assert pipe.flushes == 1


def test_a_long_answer_goes_in_pieces_as_soon_as_one_is_full(store):
    pipe, found = answered(store, LONG)
    assert [tag for tag, _ in found][:2] == [Tag.HEAD, Tag.DATA]
    assert found[-1][0] is Tag.END
    assert max(len(frame) for _, frame in found) < 2 * PIECE
    assert pipe.flushes == [tag for tag, _ in found].count(Tag.DATA)  # the last goes with the end
    assert len(body(found).split()) == 3001


@pytest.mark.parametrize(("encoding", "read"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_what_is_compressed_is_the_same(store, encoding, read):
    plain, packed = (answered(store, LONG, encoding=name)[1] for name in ("", encoding))
    assert json.loads(packed[0][1])["encoding"] == encoding
    assert read(body(packed)) == body(plain)
    assert len(body(packed)) * 4 < len(body(plain))


@pytest.mark.parametrize(("size", "encoding"), [(SHORT - 1, ""), (SHORT, "gzip")])
def test_what_is_short_is_not_compressed(store, size, encoding):
    text = "x" * (size - len("v\r\n\r\n"))
    _, found = answered(store, Question(text=f"SELECT ('{text}' AS ?v) {{}}", rows="csv"), encoding="gzip")
    assert json.loads(found[0][1])["encoding"] == encoding


@pytest.mark.parametrize(
    ("question", "tag", "says"),
    [
        (Question(text="nonsense"), Tag.QUERY, b"malformed"),
        (Question(text="ASK { SERVICE <urn:x> {} }"), Tag.QUERY, b"SERVICE is refused here"),
        (Question(text="ASK " + "{" * 600), Tag.QUERY, b"more than 500 deep"),
        (Question(text="ASK {}", boolean=""), Tag.KIND, b"boolean"),
        (LONG, Tag.SIZE, b"larger than 0 MB"),
    ],
)
def test_an_error_is_the_last_frame(store, question, tag, says):
    _, found = answered(store, question, limit=200_000)
    assert found[-1][0] is tag
    assert says in found[-1][1]
    assert Tag.END not in [tag for tag, _ in found]


def test_an_answer_of_just_so_many_bytes_is_not_too_large(store):
    _, found = answered(store, LONG)
    size = len(body(found))
    assert answered(store, LONG, limit=size)[1][-1][0] is Tag.END
    assert answered(store, LONG, limit=size - 1)[1][-1][0] is Tag.SIZE


def test_an_endpoint_that_is_allowed_may_be_named(store):
    question = Question(text="SELECT * { SERVICE SILENT <http://127.0.0.1:1/q> { ?s ?p ?o } }")
    _, found = answered(store, question, services=("http://127.0.0.1:1/q",))
    assert found[-1][0] is Tag.END
