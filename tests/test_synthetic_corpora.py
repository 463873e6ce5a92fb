import hashlib
from collections import Counter

import pytest

from kg.builds import build_memory
from kg.corpora import read_corpus
from kg.corpus_profiles import profile_of, shipped_profile
from kg.errors import InputError
from kg.shapes import validate_seeds
from kg.synthetic_corpora import generate

EXPECTED = (14, "97c85efd9477005586251d449b310f81be26c361e10c75430a48cacd541341a9")
"""Files of the small corpus, and the hash of them all."""


def digest(folder):
    """What the files of a folder hold, in one hash."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return len(files), whole.hexdigest()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic") / "small"
    return folder, generate(folder, passages=600, seed=1)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic") / "large"
    generate(folder, passages=6000, seed=2)
    return read_corpus([folder])


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(small, tmp_path):
    folder, _ = small
    generate(tmp_path / "again", passages=600, seed=1)
    generate(tmp_path / "other", passages=600, seed=2)
    assert digest(tmp_path / "again") == digest(folder)
    assert digest(tmp_path / "other") != digest(folder)


def test_the_bytes_do_not_depend_on_the_version_of_python_or_the_day(small):
    files, sha256 = digest(small[0])
    assert (files, sha256) == EXPECTED


def test_files_are_compact_json_lines_with_the_type_first(small):
    for path in small[0].rglob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert line.startswith('{"type":"')
            assert '": ' not in line
    assert sorted(path.name for path in small[0].iterdir()) == ["corpus.yaml", "documents", "registries"]


def test_the_documents_of_a_larger_corpus_are_more_of_the_same_sizes(small, tmp_path):
    folder, _ = small
    generate(tmp_path / "more", passages=900, seed=1)
    names = {path.name for path in (folder / "documents").rglob("*.jsonl")}
    more = {path.name for path in (tmp_path / "more" / "documents").rglob("*.jsonl")}
    # The last document takes what passages are left, the others are those of the larger corpus, too.
    assert len(names - more) <= 1


def test_it_validates_without_a_problem_a_violation_or_a_warning(small):
    seeds = read_corpus([small[0]])
    assert seeds.problems == ()
    assert {finding.severity for finding in validate_seeds(seeds)} <= {"Info"}


def test_it_builds_with_as_many_quads_a_passage_as_the_coded_corpus(small, real_store):
    shipped = len(real_store) / shipped_profile()["sizes"]["passages"]
    assert len(build_memory(read_corpus([small[0]]))) / 600 == pytest.approx(shipped, rel=0.2)


def test_what_is_told_is_what_was_written(small):
    seeds, told = read_corpus([small[0]]), small[1]
    counted = Counter()
    for annotation in seeds.annotations:
        for kind in ("passage", "position", "claim", "part"):
            counted[kind] += len(getattr(annotation, kind + "s"))
    assert counted == {kind: told.lines[kind] for kind in counted}
    assert counted["passage"] == 600
    assert told.files == len(seeds.sources)
    assert str(told).startswith(f"{told.files} files, 600 passages, {counted['position']} positions")


def shares(table):
    total = sum(table.values())
    return {value: count / total for value, count in table.items()}


@pytest.mark.parametrize(
    ("topic", "key"),
    [
        ("passages", "section"),
        ("passages", "words"),
        ("passages", "begun"),
        ("positions", "stance"),
        ("positions", "modality"),
        ("positions", "hedges"),
        ("positions", "functions"),
        ("positions", "modes"),
        ("positions", "passages"),
        ("positions", "addressees"),
        ("positions", "condition"),
        ("positions", "held"),
        ("positions", "uttered"),
        ("claims", "kind"),
        ("claims", "supports"),
        ("claims", "undercuts"),
        ("claims", "mentions"),
        ("claims", "modes"),
        ("parts", "form"),
        ("actors", "kind"),
        ("proposals", "links"),
        ("issues", "broader"),
    ],
)
def test_its_distributions_are_near_those_of_the_profile(large, topic, key):
    wanted, made = shares(shipped_profile()[topic][key]), shares(profile_of(large)[topic][key])
    # Half the sum of differences is the share that would have to change.
    distance = sum(abs(wanted.get(value, 0) - made.get(value, 0)) for value in {*wanted, *made}) / 2
    assert distance < 0.2


@pytest.mark.parametrize(
    ("topic", "key"), [("passages", "length"), ("positions", "gist"), ("claims", "gist"), ("actors", "label")]
)
def test_its_lengths_are_near_those_of_the_profile(large, topic, key):
    wanted, made = shipped_profile()[topic][key], profile_of(large)[topic][key]
    assert made[10] == pytest.approx(wanted[10], rel=0.15)
    assert made[2] == pytest.approx(wanted[2], rel=0.35)


def test_some_actors_are_far_more_popular_than_most(large):
    holders = Counter(position.holder for each in large.annotations for position in each.positions)
    most = [count for _, count in holders.most_common()]
    assert sum(most[: len(most) // 10]) > 0.3 * sum(most)


def test_second_coders_find_most_and_differ_here_and_there(large):
    readings = {(each.document.id, each.coding.coder): each for each in large.annotations}
    shared = differing = found = 0
    for (document, coder), reading in readings.items():
        if coder == "adjudicator":
            first = {each.id: each for each in readings[document, "coder-a"].positions}
            for position in reading.positions:
                shared += 1
                if other := first.get(position.id):
                    found += 1
                    differing += other.stance != position.stance
    assert 0.75 < found / shared < 0.95
    assert 0.02 < differing / found < 0.15


@pytest.mark.parametrize("content", ["corpus.yaml", "notes.txt"])
def test_a_folder_with_something_in_it_is_refused_and_stays(tmp_path, content):
    (tmp_path / content).write_text("mine")
    with pytest.raises(InputError, match="is there already and is not empty; give a new or an empty folder"):
        generate(tmp_path, passages=10, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == [content]


def test_a_fault_midway_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("kg.synthetic_corpora.readings", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        generate(tmp_path / "new", passages=10, seed=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("passages", [1, 2, 13, 60])
def test_the_smallest_corpora_are_valid_too(tmp_path, passages):
    generate(tmp_path / "c", passages=passages, seed=passages)
    seeds = read_corpus([tmp_path / "c"])
    assert seeds.problems == ()
    assert sum(len(each.passages) for each in seeds.annotations) == passages
    assert {finding.severity for finding in validate_seeds(seeds)} <= {"Info"}
