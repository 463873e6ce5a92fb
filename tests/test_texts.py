"""Texts: anchoring passages, verifying the anchors, moving them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.annotations import read_source
from kg.corpora import read_corpus
from kg.errors import InputError
from kg.libraries import TextLibrary
from kg.records import Annotation
from kg.spans import Span
from kg.texts import State, anchor_file, find_passage, reanchor_file, verify, verify_annotation

WORLD = Path(__file__).parent / "world"
TEXT = "The quay is wide.\r\nAda said:\u00a0“We stay – for now.” Nobody went. Nobody came. Ada slept.\n"
HASH = hashlib.sha256(TEXT.encode()).hexdigest()
HEAD = """\
# a comment that stays
document:
  id: d
  title: T   # another
  authors: [ann]
  text: {file: quay.txt}
coding: {coder: c}
"""
STATEMENTS = """\
positions:
  # the first
  - holder: ann
    stance: supports
    proposal: x
    passages: [p1]
    gist: Ada would stay.
  - {holder: ann, stance: doubts, proposal: x, passages: [p1], gist: Ada would stay.}
"""


@pytest.fixture
def library(tmp_path: Path) -> TextLibrary:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/quay.txt").write_bytes(TEXT.encode())
    return TextLibrary([tmp_path / "texts"], home=tmp_path / "home")


def write(
    tmp_path: Path, passages: str, *, head: str = HEAD, tail: str = STATEMENTS, name: str = "d.yaml"
) -> Path:
    file = tmp_path / name
    file.write_text(head + passages + tail, encoding="utf-8")
    return file


def read(file: Path) -> Annotation:
    content = read_source(file, root=file.parent).content
    assert isinstance(content, Annotation)
    return content


def problems(file: Path, library: TextLibrary) -> list[str]:
    before = file.read_bytes()
    with pytest.raises(InputError) as caught:
        anchor_file(file, library)
    assert file.read_bytes() == before
    return [str(problem) for problem in caught.value.problems]


# ---------------------------------------------------------------- anchoring


def test_a_quote_becomes_position_hash_and_end_words(tmp_path: Path, library: TextLibrary) -> None:
    file = write(tmp_path, "passages:\n  - id: p1\n    quote: Nobody went. Nobody came.\n    note: kept\n")
    assert anchor_file(file, library).count == 4
    passage = read(file).passages[0]
    assert TEXT[passage.start : passage.end] == "Nobody went. Nobody came."
    assert passage.sha256 == hashlib.sha256(b"Nobody went. Nobody came.").hexdigest()
    assert (passage.first, passage.last) == ("Nobody went.", "Nobody came.")
    assert passage.note == "kept"


def test_all_of_a_file_is_filled_in_and_the_rest_stays(tmp_path: Path, library: TextLibrary) -> None:
    passages = """\
passages:
  - id: p1   # why
    quote: |
      Nobody went.

    # between
    section: body
  - {first: Nobody came, last: slept.}
  - quote: >-
      The quay
      is wide.
"""
    file = write(tmp_path, passages)
    anchor_file(file, library)
    spans = [TEXT.index(each) for each in ("Nobody went.", "Nobody came.", "The quay")]
    sums = [
        hashlib.sha256(each).hexdigest()
        for each in (b"Nobody went.", b"Nobody came. Ada slept.", b"The quay is wide.")
    ]
    assert (
        file.read_text(encoding="utf-8")
        == f"""\
# a comment that stays
document:
  id: d
  title: T   # another
  authors: [ann]
  text: {{sha256: {HASH}, start: 0, end: {len(TEXT)}}}
coding: {{coder: c}}
passages:
  - id: p1   # why
    start: {spans[0]}
    end: {spans[0] + 12}
    sha256: {sums[0]}
    first: "Nobody"
    last: "went."

    # between
    section: body
  - {{id: p002, start: {spans[1]}, end: {spans[1] + 23}, sha256: {sums[1]}, first: Nobody came, last: slept.}}
  - id: p003
    start: 0
    end: 17
    sha256: {sums[2]}
    first: "The quay"
    last: "is wide."
positions:
  # the first
  - id: ada-stay
    holder: ann
    stance: supports
    proposal: x
    passages: [p1]
    gist: Ada would stay.
  - {{id: ada-stay-2, holder: ann, stance: doubts, proposal: x, passages: [p1], gist: Ada would stay.}}
"""
    )
    assert {check.state for check in verify_annotation(read(file), library, file=file)} == {State.EXACT}


def test_anchoring_twice_equals_once(tmp_path: Path, library: TextLibrary) -> None:
    file = write(tmp_path, "passages:\n  - id: p1\n    quote: Nobody went.\n")
    anchor_file(file, library)
    once = file.read_bytes()
    assert anchor_file(file, library).count == 0
    assert file.read_bytes() == once


def test_json_lines_are_anchored_too(tmp_path: Path, library: TextLibrary) -> None:
    lines = [
        {"type": "document", "id": "d", "title": "é", "authors": ["ann"], "text": {"file": "quay.txt"}},
        {"type": "coding", "coder": "c"},
        {"type": "passage", "quote": "Nobody went.", "section": "body"},
        {"type": "claim", "claimant": "ann", "kind": "legal", "passages": ["p001"], "gist": "Two words"},
    ]
    file = write(
        tmp_path, "", head="\n".join(json.dumps(line) for line in lines) + "\n", tail="", name="d.jsonl"
    )
    untouched = file.read_text(encoding="utf-8").split("\n")[1]
    anchor_file(file, library)
    content = read(file)
    assert content.document.text.sha256 == HASH
    assert content.passages[0].id == "p001"
    assert content.claims[0].id == "two-words"
    assert file.read_text(encoding="utf-8").split("\n")[1] == untouched
    assert "quote" not in file.read_text(encoding="utf-8")


def test_a_quote_with_other_quotation_marks_is_found_and_told(tmp_path: Path, library: TextLibrary) -> None:
    file = write(tmp_path, "passages:\n  - id: p1\n    quote: 'said: \"We stay - for now.\"'\n")
    notes = anchor_file(file, library).notes
    assert (
        "d.yaml:10:12: the quote is not letter by letter in the text; what is like it stands at 23–49"
        in str(notes[0])
    )
    assert verify_annotation(read(file), library, file=file)[0].state is State.EXACT


@pytest.mark.parametrize(
    ("passage", "said"),
    [
        (
            "quote: Nobody",
            ':9:12: the quote "Nobody" stands in more than one place (50, 63); quote more words',
        ),
        ("quote: Somebody", ':9:12: the quote "Somebody" is not in the text'),
        ("{first: Nobody, last: slept.}", 'more than one span goes from "Nobody" to "slept."'),
        ("{first: slept., last: Nobody}", 'no span goes from "slept." to "Nobody"'),
        ("{section: body}", "the passage has neither a 'quote' nor 'first' and 'last' words"),
    ],
)
def test_what_has_not_one_place_is_refused(
    passage: str, said: str, tmp_path: Path, library: TextLibrary
) -> None:
    (found,) = problems(write(tmp_path, f"passages:\n  - {passage}\n"), library)
    assert said in found


def test_all_that_cannot_be_anchored_is_told_at_once(tmp_path: Path, library: TextLibrary) -> None:
    file = write(tmp_path, "passages:\n  - quote: Nobody\n  - quote: Nobody went.\n  - quote: Somebody\n")
    assert len(problems(file, library)) == 2


def test_a_quote_is_sought_in_the_region_of_the_document_only(tmp_path: Path, library: TextLibrary) -> None:
    region = f"{{sha256: {HASH}, start: 56, end: 80}}"
    file = write(
        tmp_path, "passages:\n  - id: p1\n    quote: Nobody\n", head=HEAD.replace("{file: quay.txt}", region)
    )
    anchor_file(file, library)
    assert read(file).passages[0].start == 63


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{file: no.txt}", "no text named 'no.txt' is at hand; run 'kg texts add FILE', or set KG_TEXTS"),
        ("{file: twin.txt}", "several texts are named 'twin.txt'"),
        ("{start: 0}", "the text has neither 'sha256' nor 'file'"),
        (f"{{sha256: {'0' * 64}}}", "is not at hand; run 'kg texts add FILE'"),
        ("x", "the file names no text of a document"),
    ],
)
def test_a_text_that_is_not_at_hand_is_told(
    text: str, said: str, tmp_path: Path, library: TextLibrary
) -> None:
    for name in "ab":
        (tmp_path / "texts" / name).mkdir()
        (tmp_path / "texts" / name / "twin.txt").write_text(name, encoding="utf-8")
    file = write(
        tmp_path, "passages:\n  - quote: Nobody went.\n", head=HEAD.replace("{file: quay.txt}", text)
    )
    assert said in problems(file, library)[0]


# ---------------------------------------------------------------- verifying


def anchored(tmp_path: Path, library: TextLibrary, *quotes: str) -> Path:
    passages = "passages:\n" + "".join(
        f"  - id: p{n}\n    quote: {each}\n" for n, each in enumerate(quotes, 1)
    )
    file = write(tmp_path, passages, tail="")
    anchor_file(file, library)
    return file


def states(file: Path, library: TextLibrary) -> list[State]:
    return [check.state for check in verify_annotation(read(file), library, file=file)]


def test_the_anchors_of_the_world_are_exact(tmp_path: Path) -> None:
    checks = verify(read_corpus([WORLD]), TextLibrary([WORLD / "texts"], home=tmp_path))
    assert checks
    assert {check.state for check in checks} == {State.EXACT}


def test_without_a_text_nothing_can_be_verified(tmp_path: Path) -> None:
    checks = verify(read_corpus([WORLD]), TextLibrary([], home=tmp_path))
    assert {check.state for check in checks} == {State.NOT_AT_HAND}
    assert "run 'kg texts add FILE' with the text whose SHA-256 is" in str(checks[0])


def test_a_wrong_position_is_found_and_corrected(tmp_path: Path, library: TextLibrary) -> None:
    file = anchored(tmp_path, library, "Nobody went.", "Ada slept.")
    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace("start: 50", "start: 40"), encoding="utf-8")
    assert states(file, library) == [State.MOVED, State.EXACT]
    assert reanchor_file(file, library).count == 1
    assert file.read_text(encoding="utf-8") == right


def test_a_passage_does_not_move_into_another_document_of_its_file(
    tmp_path: Path, library: TextLibrary
) -> None:
    twice = "Nobody went. Ada slept. | Nobody went. Bob slept. "
    (tmp_path / "texts/twice.txt").write_bytes(twice.encode())
    head = HEAD.replace("{file: quay.txt}", "{file: twice.txt, start: 26}")
    file = write(tmp_path, "passages:\n  - id: p1\n    quote: Nobody went.\n", head=head)
    anchor_file(file, library)
    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace("start: 26\n", "start: 30\n"), encoding="utf-8")
    assert states(file, library) == [State.MOVED]
    reanchor_file(file, library)
    assert file.read_text(encoding="utf-8") == right


def test_passages_move_with_a_changed_text(tmp_path: Path, library: TextLibrary) -> None:
    file = anchored(tmp_path, library, "Nobody went.", "Ada slept.")
    changed = "A new line.\n" + TEXT + "And an end.\n"
    (tmp_path / "texts/quay.txt").write_bytes(changed.encode())
    fresh = TextLibrary([tmp_path / "texts"], home=tmp_path / "home")
    checks = verify_annotation(read(file), fresh, file=file)
    assert [check.state for check in checks] == [State.MOVED] * 2
    assert "its words stand at 62–74 of the changed text now; run 'kg verify --fix'" in str(checks[0])
    reanchor_file(file, fresh)
    assert states(file, fresh) == [State.EXACT] * 2
    assert read(file).document.text.end == len(TEXT) + 12
    assert file.read_text(encoding="utf-8").startswith("# a comment that stays\n")


def test_a_passage_does_not_move_into_a_neighbour_of_its_document(
    tmp_path: Path, library: TextLibrary
) -> None:
    one, two = "Nobody went. Bob slept. ", "Ada came. Nobody went. Ada slept. The quay is wide."
    (tmp_path / "texts/two.txt").write_bytes((one + two).encode())
    head = HEAD.replace("{file: quay.txt}", f"{{file: two.txt, start: {len(one)}}}")
    quotes = ["Ada came.", "Nobody went.", "Ada slept.", "The quay is wide."]
    passages = "".join(f"  - quote: {quote}\n" for quote in quotes)
    file = write(tmp_path, f"passages:\n{passages}", head=head, tail="")
    anchor_file(file, library)
    assert "start: 24, end: 75}" in file.read_text(encoding="utf-8")
    changed = "Zero. " + one + two.replace("Nobody went", "Somebody went")
    (tmp_path / "texts/two.txt").write_bytes(changed.encode())
    fresh = TextLibrary([tmp_path / "texts"], home=tmp_path / "home")
    checks = verify_annotation(read(file), fresh, file=file)
    assert [check.state for check in checks] == [State.MOVED, State.AMBIGUOUS, State.MOVED, State.MOVED]
    assert "its words stand at 6–18 of the changed text, and the document seems to stand at 24–8" in str(
        checks[1]
    )
    reanchor_file(file, fresh)
    assert (read(file).document.text.start, read(file).document.text.end) == (30, len(changed))


def test_words_that_stand_twice_now_are_ambiguous(tmp_path: Path, library: TextLibrary) -> None:
    file = anchored(tmp_path, library, "Nobody went.")
    (tmp_path / "texts/quay.txt").write_bytes(b"Nobody went. Nobody went.")
    fresh = TextLibrary([tmp_path / "texts"], home=tmp_path / "home")
    (check,) = verify_annotation(read(file), fresh, file=file)
    assert check.state is State.AMBIGUOUS
    assert check.found == (Span(0, 12), Span(13, 25))


def test_words_that_are_gone_are_missing(tmp_path: Path, library: TextLibrary) -> None:
    file = anchored(tmp_path, library, "Nobody went.", "Nobody came. Ada slept.", "The quay is wide.")
    (tmp_path / "texts/quay.txt").write_bytes(b"The quay is wide. Nobody came. Ada never slept. Nobody went.")
    fresh = TextLibrary([tmp_path / "texts"], home=tmp_path / "home")
    checks = verify_annotation(read(file), fresh, file=file)
    assert [check.state for check in checks] == [State.MOVED, State.MISSING, State.MOVED]
    assert "its words are not in the text" in str(checks[1])


def test_words_changed_between_the_ends_are_missing(tmp_path: Path, library: TextLibrary) -> None:
    file = anchored(tmp_path, library, "The quay is wide.", "Nobody went. Nobody came.")
    (tmp_path / "texts/quay.txt").write_bytes(b"The quay is wide. Nobody went. Who? Nobody came.")
    fresh = TextLibrary([tmp_path / "texts"], home=tmp_path / "home")
    checks = verify_annotation(read(file), fresh, file=file)
    assert checks[1].state is State.MISSING
    assert "its end words stand at 18–48, but the words between are others" in str(checks[1])


def test_end_words_that_are_not_those_of_the_span_are_told(tmp_path: Path, library: TextLibrary) -> None:
    file = anchored(tmp_path, library, "Nobody went.")
    file.write_text(file.read_text(encoding="utf-8").replace('"went."', '"came."'), encoding="utf-8")
    (check,) = verify_annotation(read(file), library, file=file)
    assert check.state is State.MISSING
    assert "correct 'first' and 'last'" in check.said


WORDS = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=6),
    min_size=1,
    max_size=30,
)


@given(WORDS, st.data())
def test_what_is_anchored_is_verified_as_exact(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("law")
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    quote = " ".join(words[first : data.draw(st.integers(first + 1, len(words)))])
    (folder / "quay.txt").write_text(text, encoding="utf-8", newline="")
    library = TextLibrary([folder / "quay.txt"], home=folder / "home")
    file = write(folder, f"passages:\n  - id: p1\n    quote: {json.dumps(quote)}\n", tail="")
    try:
        anchor_file(file, library)
    except InputError:
        assert text.count(quote) != 1 or text.index(quote) != text.rindex(quote)
        return
    annotation = read(file)
    (check,) = verify_annotation(annotation, library, file=file)
    assert check.state is State.EXACT
    assert text[check.span.start : check.span.end] == quote
    assert check.span in find_passage(text, annotation.passages[0])
