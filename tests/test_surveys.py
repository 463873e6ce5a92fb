"""A corpus gone through file by file: the same as one that was read whole."""

import os
import shutil
from pathlib import Path

import pytest
from jsonlines import dump, lines_of

from kg.builds import build
from kg.corpora import find_files, read_corpus
from kg.errors import InputError
from kg.line_registries import read_at_once
from kg.pools import local
from kg.records import Registry
from kg.shards import Outline
from kg.store import open_store
from kg.surveys import FileSurvey, find_suspects

WORLD = Path(__file__).parent / "world"
COMPACT = {"separators": (",", ":"), "ensure_ascii": False}


@pytest.fixture
def corpus(tmp_path):
    """The small world, most of its annotation files as JSON Lines."""
    folder = tmp_path / "world"
    shutil.copytree(WORLD, folder)
    for source in read_corpus([folder]).sources:
        file = folder / source.path
        if hasattr(source.content, "document") and "coder-b" not in file.name:
            file.with_suffix(".jsonl").write_bytes(dump(lines_of(source.content), **COMPACT))
            file.unlink()
    return folder


@pytest.fixture
def lines(corpus):
    """The same with registries as JSON Lines."""
    for source in read_corpus([corpus]).sources:
        if isinstance(source.content, Registry):
            file = corpus / source.path
            file.with_suffix(".jsonl").write_bytes(dump(lines_of(source.content), **COMPACT))
            file.unlink()
    return corpus


def survey(*paths, pool=None):
    return FileSurvey.of(find_files(paths), pool or local(1), reader=read_at_once)


def contents(directory):
    with open_store(directory) as store:
        return list(store.dump())


def change(file, old, new, count=1):
    before = file.read_bytes()
    assert old in before, file
    file.write_bytes(before.replace(old, new, count))


def by_both(corpus, tmp_path, *paths):
    """Build by files and by records, from nothing and after what was there; the reports are the same."""
    reports = []
    for name, wanted in (("files", survey(*paths)), ("records", read_corpus(paths))):
        again = build(wanted, tmp_path / name)
        fresh = build(wanted, tmp_path / f"fresh-{name}")
        reports.append((again, fresh))
    by_files, by_records = reports
    assert by_files == by_records
    assert contents(tmp_path / "files") == contents(tmp_path / "records")
    assert contents(tmp_path / "fresh-files") == contents(tmp_path / "fresh-records")
    seeds = read_corpus(paths)
    assert by_files[0].problems == seeds.problems
    return by_files[0]


def _nothing(folder):
    pass


def _unknown_actor(folder):
    change(folder / "documents/tide-note.coder-a.jsonl", b'"lena-okafor"', b'"lena-okafro"')


def _misspelt_key(folder):
    change(folder / "documents/tide-note.coder-a.jsonl", b'"gist"', b'"gits"')


def _torn(folder):
    file = folder / "documents/tide-note.coder-a.jsonl"
    file.write_bytes(file.read_bytes()[:-40])


def _no_text(folder):
    (folder / "documents/tide-note.coder-a.jsonl").write_bytes(b'{"type":"document"\xff\n')


def _same_reading_twice(folder):
    file = folder / "documents/tide-note.coder-a.jsonl"
    shutil.copy(file, file.with_name("again.jsonl"))


def _readings_that_differ(folder):
    change(folder / "documents/may-hearing.coder-a.jsonl", b'"title":"', b'"title":"Not ')


def _a_broken_reading_beside_another(folder):
    change(folder / "documents/may-hearing.coder-a.jsonl", b'"title":"', b'"title":"Not ')
    change(folder / "documents/may-hearing.coder-a.jsonl", b'"gist"', b'"gits"')


def _broken_registry(folder):
    change(folder / "registries/actors.yaml", b"kind:", b"kidn:")


def _torn_registry(folder):
    file = folder / "registries/proposals.yaml"
    file.write_bytes(file.read_bytes() + b"\n  - [")


def _no_registry(folder):
    (folder / "registries/proposals.yaml").unlink()


def _second_settings(folder):
    shutil.copy(folder / "corpus.yaml", folder / "registries/other.yaml")


def _two_actors_of_one_name(folder):
    shutil.copy(folder / "registries/actors.yaml", folder / "registries/twins.yaml")


def _plans_in_circles(folder):
    file = folder / "documents/tide-note.coder-a.jsonl"
    part = b'{"type":"part","id":"%s","plan":"%s","subplan":"%s","role":"element",'
    part += b'"passages":["%s"],"gist":"x"}\n'
    passage = file.read_bytes().split(b'{"type":"passage","id":"')[1].split(b'"')[0]
    plans = [entry.id.encode() for each in read_corpus([folder]).registries for entry in each.plans][:2]
    with file.open("ab") as opened:
        opened.write(part % (b"round", plans[0], plans[1], passage))
        opened.write(part % (b"and-round", plans[1], plans[0], passage))


def _one_less(folder):
    (folder / "documents/tide-note.coder-a.jsonl").unlink()


def _another_tie(folder):
    change(folder / "registries/actors.yaml", b"until:", b"note: gone\n      # until:")


def _long_comment_first(folder):
    file = next(iter(sorted((folder / "documents").glob("*.yaml"))))
    file.write_bytes(b"# a remark\n" * 500 + file.read_bytes())


def _odd_but_well(folder):
    change(folder / "documents/tide-note.coder-a.jsonl", b'"gist":"', b'"gist": " ', 3)


CHANGES = [value for name, value in list(globals().items()) if name.startswith("_") and callable(value)]
CHANGES = [each for each in CHANGES if getattr(each, "__module__", "") == __name__]


@pytest.mark.parametrize("harm", CHANGES, ids=lambda each: each.__name__.strip("_"))
def test_files_and_records_make_the_same_and_tell_the_same_problems(corpus, tmp_path, harm):
    for name in ("files", "records"):
        build(read_corpus([corpus]), tmp_path / name)
    harm(corpus)
    by_both(corpus, tmp_path, corpus)


def _unknown_member(folder):
    change(folder / "registries/actors.jsonl", b'"memberships":[{"of":"', b'"memberships":[{"of":"no-')


def _twins_in_a_registry(folder):
    file = folder / "registries/proposals.jsonl"
    first = file.read_bytes().split(b"\n")[0]
    file.write_bytes(file.read_bytes() + first + b"\n")


def _circles_in_a_registry(folder):
    file = folder / "registries/issues.jsonl"
    names = [entry.id for each in read_corpus([folder]).registries for entry in each.issues][:1]
    change(file, b'"label"', b'"broader":["%s"],"label"' % names[0].encode())


def _torn_lines(folder):
    file = folder / "registries/actors.jsonl"
    file.write_bytes(file.read_bytes()[:-30])


LINES = (_nothing, _unknown_member, _twins_in_a_registry, _circles_in_a_registry, _torn_lines, _unknown_actor)


@pytest.mark.parametrize("harm", LINES, ids=lambda each: each.__name__.strip("_"))
def test_registries_in_lines_make_the_same_and_tell_the_same_problems(lines, tmp_path, harm):
    for name in ("files", "records"):
        build(read_corpus([lines]), tmp_path / name)
    harm(lines)
    by_both(lines, tmp_path, lines)


def test_a_part_of_a_corpus_is_built_by_files_as_by_records(corpus, tmp_path):
    for name in ("files", "records"):
        build(read_corpus([corpus]), tmp_path / name)
    file = corpus / "documents/tide-note.coder-a.jsonl"
    change(file, b'"gist":"', b'"gist":"Not ')
    report = by_both(corpus, tmp_path, file)
    assert report.replaced == ("documents/tide-note.coder-a.jsonl",)


def test_several_processes_make_the_same(corpus, tmp_path):
    build(survey(corpus), tmp_path / "one")
    with local(2) as pool:
        build(survey(corpus, pool=pool), tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


class Counted(FileSurvey):
    """Counts what is read."""

    def shards(self, paths):
        paths = list(paths)
        self.made = [*getattr(self, "made", []), *paths]
        return super().shards(paths)

    def sha256(self, path):
        self.hashed = [*getattr(self, "hashed", []), path]
        return super().sha256(path)


def counted(*paths):
    return Counted.of(find_files(paths), local(1))


def test_only_what_has_changed_is_read_again(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("kg.surveys._LATELY", 0)
    first = counted(corpus)
    build(first, tmp_path / "store")
    assert first.made == list(first.paths())
    change(corpus / "documents/tide-note.coder-a.jsonl", b'"gist":"', b'"gist":"Not ')
    second = counted(corpus)
    build(second, tmp_path / "store")
    assert second.made == ["documents/tide-note.coder-a.jsonl"]
    assert second.hashed == ["documents/tide-note.coder-a.jsonl"]
    build(read_corpus([corpus]), tmp_path / "other")
    assert contents(tmp_path / "store") == contents(tmp_path / "other")


def test_a_change_that_leaves_size_and_time_of_a_file_is_noticed(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("kg.surveys._LATELY", 0)
    file = corpus / "documents/tide-note.coder-a.jsonl"
    build(survey(corpus), tmp_path / "store")
    before = file.stat()
    content = file.read_bytes()
    at = content.index(b'"gist":"') + len(b'"gist":"')
    file.write_bytes(content[:at] + b"Z" + content[at + 1 :])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert build(survey(corpus), tmp_path / "store").replaced == ("documents/tide-note.coder-a.jsonl",)


def test_a_file_that_changed_just_now_is_looked_at_again(corpus, tmp_path):
    build(counted(corpus), tmp_path / "store")
    again = counted(corpus)
    assert not build(again, tmp_path / "store").replaced
    assert again.hashed == list(again.paths())


def test_nothing_is_built_where_problems_are_refused(corpus, tmp_path):
    build(survey(corpus), tmp_path / "store")
    before = contents(tmp_path / "store")
    _misspelt_key(corpus)

    def refuse(problems):
        if problems:
            raise InputError(problems)

    for store in ("store", "new"):
        with pytest.raises(InputError, match="unknown key 'gits'"):
            build(survey(corpus), tmp_path / store, check=refuse)
    assert contents(tmp_path / "store") == before
    assert not (tmp_path / "new/CURRENT").exists()


def test_suspects_are_files_with_problems_twins_and_plans_in_circles():
    fine = {"a": Outline("d1", "x", "f"), "b": Outline("d1", "y", "f"), "c": Outline("d2", "x", "g")}
    assert find_suspects(fine) == set()
    assert find_suspects(fine | {"d": None}) == {"d"}
    assert find_suspects(fine | {"d": Outline("d1", "y", "f")}) == {"a", "b", "d"}
    assert find_suspects(fine | {"d": Outline("d2", "y", "h")}) == {"c", "d"}
    circle = {"e": Outline("e", "x", "", (("p", "q"),)), "f": Outline("f", "x", "", (("q", "p"),))}
    assert find_suspects(fine | circle) == {"e", "f"}
