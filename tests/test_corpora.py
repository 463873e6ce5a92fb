"""Corpora: the files of a folder, read together."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from kg.corpora import Seeds, find_corpus, init_corpus, read_corpus
from kg.errors import InputError
from kg.libraries import TextLibrary
from kg.texts import State, verify

WORLD = Path(__file__).parent / "world"
HASH = "0" * 64
SETTINGS = "corpus: {title: T, base: https://example.org/t/}\n"
REGISTRY = """\
actors: [{id: ann, kind: person, label: Ann}]
issues: [{id: i, label: I}]
proposals: [{id: x, label: X, issues: [i]}]
plans: [{id: one, label: One}, {id: two, label: Two}]
coders: [{id: c, label: C}]
"""


def reading(
    *, document: str = "d", coder: str = "c", holder: str = "ann", title: str = "T", extra: str = ""
) -> str:
    return f"""\
document:
  id: {document}
  title: {title}
  authors: [ann]
  text: {{sha256: {HASH}, start: 0, end: 100}}
coding: {{coder: {coder}}}
passages: [{{id: p1, start: 0, end: 9, sha256: {HASH}, first: a, last: b}}]
positions: [{{id: o, holder: {holder}, stance: supports, proposal: x, passages: [p1], gist: g}}]
{extra}"""


def part(identity: str, plan: str, subplan: str) -> str:
    what = f"id: {identity}, plan: {plan}, subplan: {subplan}, role: stated"
    return f"parts: [{{{what}, passages: [p1], gist: g}}]\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in ({"corpus": SETTINGS, "registry": REGISTRY} | files).items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def told(seeds: Seeds) -> list[str]:
    return [
        f"{Path(problem.place.path).name} {problem.message}; {problem.help}" for problem in seeds.problems
    ]


def test_the_world_is_read_whole_and_in_order() -> None:
    seeds = read_corpus([WORLD])
    seeds.raise_problems()
    paths = [source.path for source in seeds.sources]
    assert paths == sorted(path.relative_to(WORLD).as_posix() for path in WORLD.rglob("*.yaml"))
    assert (len(seeds.annotations), len(seeds.registries)) == (6, 5)
    assert seeds.names.base == seeds.corpus.base


def test_the_shipped_corpus_is_read_where_there_is_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_corpus().registries
    write_to = tmp_path / "seeds"
    write_to.mkdir()
    write(write_to)
    assert read_corpus().corpus.title == "T"


def test_the_order_of_files_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_corpus([WORLD])
    real = os.walk

    def shuffled(*args: object, **options: object) -> object:
        for folder, below, names in real(*args, **options):  # type: ignore[call-overload]
            random.shuffle(names)
            yield folder, below, names

    monkeypatch.setattr(os, "walk", shuffled)
    assert read_corpus([WORLD]).sources == whole.sources


def test_one_file_is_read_with_settings_and_registries_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, one=reading(document="d1"), two=reading(document="d2", holder="nobody"))
    seeds = read_corpus([tmp_path / "one.yaml"])
    seeds.raise_problems()
    assert [each.document.id for each in seeds.annotations] == ["d1"]
    assert len(seeds.registries) == 1


def test_what_is_wrong_with_annotations_nobody_asked_for_is_not_told(tmp_path: Path) -> None:
    write(tmp_path, one=reading(document="d1"), two=reading(document="d2") + "claims: {\n")
    (tmp_path / "three.jsonl").write_text('{"type": "document", "id": 1}\n', encoding="utf-8")
    read_corpus([tmp_path / "one.yaml"]).raise_problems()
    assert read_corpus([tmp_path]).broken == ("three.jsonl", "two.yaml")


def test_a_folder_inside_a_corpus_is_read_with_the_registries_of_the_corpus() -> None:
    seeds = read_corpus([WORLD / "documents"])
    assert (len(seeds.annotations), len(seeds.registries)) == (6, 5)
    assert seeds.sources == read_corpus([WORLD]).sources


def test_a_file_keeps_its_name_however_its_path_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    names = [
        [source.path for source in read_corpus([path]).sources]
        for path in ("in", "./in", "in/../in", tmp_path / "in", "link", "in/registry.yaml")
    ]
    assert names == [["corpus.yaml", "registry.yaml"]] * 6
    assert read_corpus(["in", tmp_path / "in/registry.yaml"]).problems == ()


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (["nowhere"], "nowhere: does not exist"),
        (["."], "neither this folder nor one above it has a corpus.yaml; start a corpus with 'kg init DIR'"),
        (["a", "b"], "the paths are of two corpora, a and b"),
    ],
)
def test_a_path_of_no_corpus_or_of_two_is_refused(
    paths: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said):
        read_corpus(paths)


def test_hidden_files_and_corpora_below_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path)
    for name in (".hidden", "below"):
        (tmp_path / name).mkdir()
        write(tmp_path / name)
    (tmp_path / ".draft.yaml").write_text("{", encoding="utf-8")
    assert [source.path for source in read_corpus([tmp_path]).sources] == ["corpus.yaml", "registry.yaml"]
    assert find_corpus(tmp_path / "below" / "registry.yaml") == tmp_path / "below"


@pytest.mark.parametrize("name", ["env/pyvenv.cfg", "node_modules/x.json", ".hidden/x.txt"])
def test_installed_packages_are_passed_over(name: str, tmp_path: Path) -> None:
    file = write(tmp_path) / name
    file.parent.mkdir()
    file.write_text("", encoding="utf-8")
    (file.parent / "other.yaml").write_text("kind: of another program\n", encoding="utf-8")
    read_corpus([tmp_path]).raise_problems()


def test_a_file_with_a_problem_contributes_nothing_and_the_others_all(tmp_path: Path) -> None:
    write(tmp_path, bad=reading(document="d1", holder="an"), good=reading(document="d2"))
    seeds = read_corpus([tmp_path])
    assert seeds.broken == ("bad.yaml",)
    assert [each.document.id for each in seeds.annotations] == ["d2"]
    assert told(seeds) == ["bad.yaml unknown actor 'an'; did you mean 'ann'?"]
    assert (seeds.problems[0].place.line, seeds.problems[0].place.column) == (8, 29)
    with pytest.raises(InputError, match="unknown actor"):
        seeds.raise_problems()


def test_settings_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    write(tmp_path, corpus="corpus: {title: T}\n")
    with pytest.raises(InputError, match="needs the key 'base'"):
        read_corpus([tmp_path])
    write(tmp_path, corpus="actors: []\n")
    with pytest.raises(InputError, match="the settings hold no 'corpus'"):
        read_corpus([tmp_path])


def test_second_settings_are_refused(tmp_path: Path) -> None:
    write(tmp_path, other=SETTINGS)
    assert told(read_corpus([tmp_path])) == [
        "other.yaml second settings of the corpus; the first are in corpus.yaml"
    ]


def test_a_slug_in_two_files_is_refused_in_both(tmp_path: Path) -> None:
    write(tmp_path, more="actors: [{id: bob, kind: person, label: B}, {id: ann, kind: person, label: A}]\n")
    seeds = read_corpus([tmp_path])
    assert seeds.broken == ("more.yaml", "registry.yaml")
    assert [line.split("; ")[0] for line in told(seeds)] == [
        "more.yaml duplicate actor 'ann'",
        "registry.yaml duplicate actor 'ann'",
    ]
    assert "registry.yaml:1:15, too" in told(seeds)[0]
    assert "more.yaml:1:50, too" in told(seeds)[1]


def test_a_slug_twice_in_a_registry_is_refused(tmp_path: Path) -> None:
    write(tmp_path, registry=REGISTRY + "\n", more="issues: [{id: j, label: J}, {id: j, label: J}]\n")
    assert told(read_corpus([tmp_path])) == [
        "more.yaml duplicate id 'j'; it is the id of the issue in line 1 already"
    ]


def test_kinds_do_not_share_their_slugs(tmp_path: Path) -> None:
    write(tmp_path, more="issues: [{id: ann, label: Annuities}]\n")
    assert not read_corpus([tmp_path]).problems


def test_registries_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, more="issues: []\n")
    (tmp_path / "more.jsonl").write_text('{"type": "issue", "id": "j", "label": "J"}\n', encoding="utf-8")
    seeds = read_corpus([tmp_path])
    assert seeds.broken == ("more.jsonl", "more.yaml")
    assert "the name of the registry, 'more', is taken" in told(seeds)[0]


def test_one_document_is_read_once_by_a_coder(tmp_path: Path) -> None:
    write(tmp_path, one=reading(), two=reading())
    seeds = read_corpus([tmp_path])
    assert seeds.broken == ("one.yaml", "two.yaml")
    assert "a second reading of 'd' by 'c'" in told(seeds)[0]


def test_two_coders_say_the_same_of_a_document(tmp_path: Path) -> None:
    write(
        tmp_path,
        registry=REGISTRY.replace("{id: c,", "{id: e, label: E}, {id: c,"),
        one=reading(title="A"),
        two=reading(title="B", coder="e"),
    )
    seeds = read_corpus([tmp_path])
    assert seeds.broken == ("one.yaml", "two.yaml")
    assert "the readings of 'd' differ in 'title'" in told(seeds)[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "label: I}",
            "label: I, broader: [k]}, {id: k, label: K, broader: [i]}",
            "a cycle in 'broader': i → k → i",
        ),
        ("label: I}", "label: I, broader: [i]}", "a cycle in 'broader': i → i"),
        ("issues: [i]}", "issues: [i], broader: [x]}", "a cycle in 'broader': x → x"),
        ("label: Ann}", "label: Ann, part_of: [ann]}", "a cycle in 'part_of': ann → ann"),
    ],
)
def test_a_cycle_in_a_registry_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    write(tmp_path, registry=REGISTRY.replace(old, new))
    assert said in told(read_corpus([tmp_path]))[0]


def test_a_cycle_of_plans_is_found_across_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        first=reading(document="d1", extra=part("a", "two", "one")),
        second=reading(document="d2", extra=part("b", "one", "two")),
    )
    (said,) = told(read_corpus([tmp_path]))
    assert said == "second.yaml a cycle in 'subplan': one → two → one; take one of the links away"


CONDITIONED = "conditions: [{kind: if, position: o}], "


def test_all_that_is_wrong_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = reading(holder="shopkeeper", extra="kindd: 1\n" + part("a", "one", "two"))
    text = text.replace("passages: [p1], gist", CONDITIONED + "passages: [p1], gist", 1)
    write(tmp_path, one=text, two=reading(document="e", extra=part("b", "two", "one")))
    assert [line.partition(";")[0] for line in told(read_corpus([tmp_path]))] == [
        "one.yaml unknown actor 'shopkeeper'",
        "one.yaml positions are conditions of each other: o → o",
        "one.yaml unknown key 'kindd' in an annotation",
        "one.yaml a cycle in 'subplan': one → two → one",
    ]


def test_a_registry_with_a_mistake_is_checked_against_the_others_all_the_same(tmp_path: Path) -> None:
    issues = "{id: i, label: I}, {id: j, lable: J, broader: [nothing, k]}, {id: k, label: K, broader: [j]}"
    write(tmp_path, other=f"issues: [{issues}]\n")
    assert [line.partition(";")[0] for line in told(read_corpus([tmp_path]))] == [
        "other.yaml duplicate issue 'i'",
        "other.yaml unknown key 'lable' in an issue",
        "other.yaml unknown issue 'nothing'",
        "other.yaml a cycle in 'broader': j → k → j",
        "registry.yaml duplicate issue 'i'",
    ]


def test_what_could_not_be_read_of_a_document_differs_from_nothing(tmp_path: Path) -> None:
    registry = REGISTRY.replace("{id: c, label: C}", "{id: c, label: C}, {id: e, label: E}")
    broken = reading(coder="e").replace("title: T", "titel: T").replace("start: 0, end: 100", "start: 0")
    write(tmp_path, registry=registry, one=reading(), two=broken)
    assert read_corpus([tmp_path]).broken == ("two.yaml",)
    write(tmp_path, registry=registry, one=reading(), two=reading(coder="e", title="U", extra="x: 1\n"))
    assert read_corpus([tmp_path]).broken == ("one.yaml", "two.yaml")


def test_what_is_wrong_with_settings_hides_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, corpus="corpus: {title: T}\n", one=reading(holder="nobody"))
    with pytest.raises(InputError, match=r"needs the key 'base'(.|\n)*unknown actor 'nobody'"):
        read_corpus([tmp_path])


@pytest.mark.parametrize("kind", ["actors", "issues", "proposals", "plans", "coders"])
def test_every_kind_of_reference_is_checked(kind: str, tmp_path: Path) -> None:
    kept = [line for line in REGISTRY.splitlines() if not line.startswith(kind)]
    write(tmp_path, registry="\n".join(kept), one=reading(extra=part("a", "one", "two")))
    said = told(read_corpus([tmp_path]))
    assert any(
        f"unknown {kind[:-1]} " in line and f"add it to a registry, under '{kind}'" in line for line in said
    )


def test_what_depends_on_a_broken_registry_is_dropped_with_it(tmp_path: Path) -> None:
    broken = "actors: [{id: bob, kind: persn, label: Bob}]\n"
    between = "proposals: [{id: z, label: Z, issues: [i]}]\nplans: [{id: three, label: T, authors: [bob]}]\n"
    write(
        tmp_path,
        broken=broken,
        between=between,
        one=reading(document="d1"),
        two=reading(document="d2", extra=part("a", "three", "one")),
    )
    seeds = read_corpus([tmp_path])
    assert seeds.broken == ("between.yaml", "broken.yaml", "two.yaml")
    assert [each.document.id for each in seeds.annotations] == ["d1"]
    assert told(seeds) == [
        "between.yaml actor 'bob' is in a file with problems; correct broken.yaml first",
        "broken.yaml 'kind' cannot be 'persn'; did you mean 'person'?",
        "two.yaml plan 'three' is in a file with problems; correct between.yaml first",
    ]


def test_a_link_to_nothing_and_links_in_a_circle_are_told(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "round").symlink_to(tmp_path)
    seeds = read_corpus([tmp_path])
    assert seeds.broken == ("gone.yaml",)
    assert "does not exist" in told(seeds)[0]


def test_what_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    real = Path.read_bytes

    def refuse(path: Path) -> bytes:  # the superuser may read everything, so permissions cannot show it
        if path.name == "registry.yaml":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "cannot be read (Permission denied)" in told(read_corpus([tmp_path]))[0]


def test_a_copy_elsewhere_reads_the_same(tmp_path: Path) -> None:
    shutil.copytree(WORLD, tmp_path / "copy")
    assert read_corpus([tmp_path / "copy"]).sources == read_corpus([WORLD]).sources


# ---------------------------------------------------------------- starting a corpus


def test_a_new_corpus_is_read_and_verified_cleanly(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "corpus"
    written = init_corpus(folder)
    assert all(path.is_file() for path in written)
    seeds = read_corpus([folder])
    seeds.raise_problems()
    assert [each.document.id for each in seeds.annotations] == ["mill-street"]
    checks = verify(seeds, TextLibrary([folder / "texts"], home=tmp_path / "home"))
    assert {check.state for check in checks} == {State.EXACT}


def test_a_new_corpus_has_what_editors_need(tmp_path: Path) -> None:
    init_corpus(tmp_path)
    for file in tmp_path.rglob("*.yaml"):
        schema = (
            file.read_text(encoding="utf-8").split("\n")[0].removeprefix("# yaml-language-server: $schema=")
        )
        assert (file.parent / schema).is_file()


def test_a_new_corpus_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"README\.md: is there already; start the corpus in an empty folder"
    ):
        init_corpus(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_a_corpus_is_whole_where_its_folder_is_asked_for(world):
    file = next((world / "documents").glob("*.yaml"))
    assert read_corpus([world]).is_whole
    assert read_corpus([world.parent / "world" / ".." / "world", file]).is_whole
    assert not read_corpus([file]).is_whole
    assert not read_corpus([world / "documents"]).is_whole
