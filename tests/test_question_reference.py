"""The reference of the saved questions says what the questions and their answers say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kg.headers import parse_query

ROOT = Path(__file__).parent.parent
QUERY = b"""\
#+ question: Who {stance} {proposal} [since {since}]?
#+ description: One row for each <position> | claim.
#+ theme: positions
#+ params:
#+   proposal: {type: st:Proposal, example: night-ferry, about: the option}
#+   stance: {type: stance, many: true, default: any, example: [accepts, rejects], about: the stance}
#+   since: {type: xsd:date, edge: first, default: 0001-01-01, example: 2024, about: first day counted}
#+ ask:
#+   - which actors {stance} {proposal}
PREFIX st: <https://w3id.org/standpoint/ontology#>
SELECT ?holder ?position {
  VALUES ?stance { $stance }
  ?position st:onProposal $proposal ; st:takesStance ?stance ; st:heldBy ?holder ; st:heldEarliest ?day
  FILTER(?day >= $since)
} ORDER BY ?holder ?position
"""


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


def page(tmp_path: Path, answer: str = "", values: str = "") -> str:
    from tools.question_reference import Answers, render

    answers = Answers(corpus=tmp_path / "corpus", world=tmp_path / "world")
    answers.corpus.mkdir(exist_ok=True)
    answers.world.mkdir(exist_ok=True)
    if answer:
        where = answers.corpus if values else answers.world
        (where / "who.csv").write_text(answer, encoding="utf-8", newline="")
    if values:
        (answers.corpus / "values.json").write_text(values, encoding="utf-8")
    return render([parse_query(QUERY, name="who", path="who.rq")], answers)


def test_the_committed_page_is_what_questions_and_answers_say() -> None:
    from tools.question_reference import PAGE, reference

    assert PAGE.read_text(encoding="utf-8") == reference(), "run 'make docs', and read what has changed"


def test_every_question_has_its_section() -> None:
    from tools.question_reference import PAGE

    text = PAGE.read_text(encoding="utf-8")
    missing = [path.stem for path in (ROOT / "queries").glob("*.rq") if f"\n### {path.stem}\n" not in text]
    assert missing == []


def test_a_command_has_the_examples_of_the_needed_parameters_only(tmp_path: Path) -> None:
    assert "\nkg query who --proposal night-ferry\n" in page(tmp_path)


def test_a_parameter_says_what_it_takes_and_what_it_is_without_a_value(tmp_path: Path) -> None:
    text = page(tmp_path)
    assert "| `--proposal` | proposal | the option | night-ferry |" in text
    assert "| `--stance` | one or several: stance | the stance (default: any) | accepts, rejects |" in text
    assert "| `--since` | date | first day counted (default: any) | 2024 |" in text


def test_text_does_not_break_the_page(tmp_path: Path) -> None:
    assert "One row for each &lt;position> \\| claim." in page(tmp_path)


def test_an_answer_shows_labels_for_entities_and_the_end_of_other_iris(tmp_path: Path) -> None:
    row = "https://e.org/a/x,Ada Lane,https://e.org/o#Tie,https://e.org/p/1 https://e.org/p/2"
    answer = f"holder,holder_label,kind,both\r\n{row}\r\n"
    assert "| holder | kind | both |\n|---|---|---|\n| Ada Lane | Tie | 1, 2 |\n" in page(tmp_path, answer)


def test_a_long_answer_is_cut_and_an_empty_one_is_said_to_be_empty(tmp_path: Path) -> None:
    text = page(tmp_path, "holder\r\n" + "".join(f"actor {number}\r\n" for number in range(7)))
    assert "| actor 4 |\n\n… and 2 more: [7 rows](../tests/world/who.csv)." in text
    assert "actor 5" not in text
    assert "\nNo rows.\n" in page(tmp_path, "holder\r\n")


VALUES = (
    '{"who": {"proposal": "night ferry", "stance": ["accepts", "rejects"]}, "who.all": {"proposal": "x"}}'
)


def test_the_answer_on_the_corpus_stands_beside_the_command_that_gives_it(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "who.all.csv").write_text("holder\r\nAda\r\n", encoding="utf-8", newline="")
    text = page(tmp_path, "holder\r\nBo Finch\r\n", VALUES)
    assert (
        "kg query who --proposal 'night ferry' --stance accepts --stance rejects\n```\n\n| holder |" in text
    )
    assert "| Bo Finch |\n\n[1 row](../tests/corpus/who.csv)." in text
    assert "\nAlso `kg query who --proposal x`: [1 row](../tests/corpus/who.all.csv).\n" in text
    assert "small world" not in text


def test_an_example_of_the_small_world_is_not_offered_for_the_corpus(tmp_path: Path) -> None:
    assert "| night-ferry |" not in page(tmp_path, "holder\r\n", VALUES)
    assert "| the option | night ferry |" in page(tmp_path, "holder\r\n", VALUES)


def test_without_values_the_answer_is_said_to_be_of_the_small_world(tmp_path: Path) -> None:
    assert "On the small world of the tests:\n\n| holder |" in page(tmp_path, "holder\r\nBo\r\n")


def test_long_cells_are_cut_and_empty_columns_left_out(tmp_path: Path) -> None:
    row = f"{'ab ' * 60},,{'0' * 64},{' '.join(f'https://e.org/p/{n}' for n in range(4))}"
    text = page(tmp_path, f"gist,none,hash,positions\r\n{row}\r\n")
    assert "| gist | hash | positions |" in text
    assert f"| {'ab ' * 30}… | 00000000… | 0, 1 and 2 more |" in text


def test_the_answers_on_the_page_are_those_that_tests_expect() -> None:
    from tools.question_reference import PAGE, Answers

    text = PAGE.read_text(encoding="utf-8")
    answers = Answers(corpus=ROOT / "tests" / "answers-corpus", world=ROOT / "tests" / "answers")
    assert "who-proposes" in answers.values
    missing = [name for name in answers.values if f"(../tests/answers-corpus/{name}.csv)" not in text]
    empty = [name for name in missing if len((answers.corpus / f"{name}.csv").read_text().splitlines()) == 1]
    assert missing == empty


def test_the_page_is_written_by_the_command(tmp_path: Path) -> None:
    copy = tmp_path / "tools"
    copy.mkdir()
    (copy / "question_reference.py").write_bytes((ROOT / "tools/question_reference.py").read_bytes())
    for folder in ("queries", "tests"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    subprocess.run([sys.executable, copy / "question_reference.py"], check=True)
    written = (tmp_path / "docs/questions.md").read_bytes()
    assert written == (ROOT / "docs/questions.md").read_bytes()
